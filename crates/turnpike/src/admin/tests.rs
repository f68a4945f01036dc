//! Where commands go.

use super::*;

fn flags(data_dir: Option<&str>) -> PlaceFlags {
    PlaceFlags { data_dir: data_dir.map(str::to_owned), ..PlaceFlags::default() }
}

fn chosen(data_dir: Option<&str>, variables: &[(&str, &str)]) -> Result<Target> {
    let variable = |name: &str| variables.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned());
    choose(&flags(data_dir), &variable)
}

#[test]
fn a_directory_that_is_named_wins() {
    let both = [("TURNPIKE_API", "http://h"), ("TURNPIKE_TOKEN", "t")];
    let Target::Local(settings) = chosen(Some("/data"), &both).unwrap() else { panic!("a server") };
    assert_eq!(settings.data_dir.to_str(), Some("/data"));
    assert!(matches!(chosen(None, &both).unwrap(), Target::Api { url, .. } if url == "http://h"));
}

#[test]
fn a_server_needs_its_token() {
    let told = chosen(None, &[("TURNPIKE_API", "http://h")]).unwrap_err().to_string();
    assert!(told.contains("TURNPIKE_TOKEN is not"), "{told}");
}

#[test]
fn nowhere_names_both_ways() {
    for variables in [&[][..], &[("TURNPIKE_API", ""), ("TURNPIKE_TOKEN", "t")]] {
        let told = chosen(None, variables).unwrap_err().to_string();
        assert!(told.contains("TURNPIKE_API") && told.contains("--data-dir"), "{told}");
    }
}
