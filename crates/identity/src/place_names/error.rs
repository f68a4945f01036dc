//! What can go wrong with a site's names of places.

use super::rules::{LONGEST, MOST};
use turnpike_base::table::wrong;
use turnpike_base::{Code, Fault, Text};

/// A name that can't be typed into a username, or is none.
pub(super) fn bad_name(field: &'static str) -> Fault {
    Fault::parameter(
        field,
        Text::made(
            format!(
                "应为 1 到 {LONGEST} 字节（约 42 个汉字）的名称，至少含一个字母、汉字或数字，不能含 _ 和 :"
            ),
            format!(
                "must be a name of 1 to {LONGEST} bytes with at least one letter or digit, without _ and :"
            ),
        ),
    )
}

/// Neither a Chinese nor an English name was said.
pub(super) fn nothing_said() -> Fault {
    Fault::parameter("zh", Text::new("zh 与 en 至少填写一个", "zh or en must be given"))
}

/// The name means another place.
pub(super) fn taken(name: &str, other: &Text) -> Fault {
    Fault::new(Code::Conflict, "place_name_taken").say(Text::made(
        format!("“{name}”已指代{}", other.zh),
        format!("\"{name}\" means {} already", other.en),
    ))
}

/// A file names a place on two lines.
pub(super) fn twice(place: &Text, first: usize) -> Fault {
    wrong(Text::made(
        format!("{}已在第 {first} 行出现", place.zh),
        format!("{} stands on line {first} already", place.en),
    ))
}

/// The site has as many as it may.
pub(super) fn too_many() -> Fault {
    Fault::new(Code::Conflict, "place_names_full").say(Text::made(
        format!("每个站点最多 {MOST} 个自定义地名"),
        format!("A site has at most {MOST} names of places"),
    ))
}

/// The site has no name of its own for the place.
pub(super) fn unnamed(place: &Text) -> Fault {
    Fault::new(Code::NotFound, "place_unnamed").say(Text::made(
        format!("本站未为{}设置名称", place.zh),
        format!("The site has no name of its own for {}", place.en),
    ))
}
