//! What can be wrong with a range of days.

use super::rules::MOST_DAYS;
use turnpike_base::{Fault, Text};

pub(super) fn backwards() -> Fault {
    Fault::parameter("end_time", Text::new("应晚于 start_time", "must be later than start_time"))
}

pub(super) fn too_long() -> Fault {
    Fault::parameter(
        "start_time",
        Text::made(
            format!("时间范围最多 {MOST_DAYS} 天"),
            format!("the range must be at most {MOST_DAYS} days"),
        ),
    )
}
