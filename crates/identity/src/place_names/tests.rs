//! A site's names of places, on both engines.

use super::flow::{Edit, Said, list};
use super::rules::LONGEST;
use crate::sites::{self, NewSite};
use turnpike_base::{Code, Fault, Lang, Page, SiteId, Timestamp};
use turnpike_places::{Named, PlaceKey};
use turnpike_store::{Store, both_engines};

async fn site(store: &Store, name: &str) -> SiteId {
    let tx = store.write().await.unwrap();
    let new = NewSite { name: name.into(), ..NewSite::default() };
    let id = sites::create(&tx, &new, Timestamp(1)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn place(country: &str, state: Option<&str>, city: Option<&str>) -> PlaceKey {
    PlaceKey::find(country, state, city).unwrap()
}

fn la() -> PlaceKey {
    place("US", Some("US-CA"), Some("losangeles"))
}

fn names(zh: Option<&str>, en: Option<&str>) -> Said {
    Said { zh: zh.map(str::to_owned), en: en.map(str::to_owned) }
}

async fn say(store: &Store, site: SiteId, place: PlaceKey, said: Said) -> Result<Named, Fault> {
    let tx = store.write().await.unwrap();
    let named = Edit::begin(&tx, site).await?.say(place, &said).await?;
    tx.commit().await.unwrap();
    Ok(named)
}

/// What a site calls Los Angeles, in both languages.
async fn called(store: &Store, site: SiteId) -> (String, String) {
    let names = sites::by_id(&store.read().await.unwrap(), site).await.unwrap().places;
    (names.name(la(), Lang::Zh), names.name(la(), Lang::En))
}

both_engines! {
    async fn each_site_has_names_of_its_own(store: Store) {
        let (one, two) = (site(&store, "one").await, site(&store, "two").await);
        say(&store, two, la(), names(Some(" 天使之城 "), Some("Angel City"))).await.unwrap();
        assert_eq!(called(&store, one).await, ("Los Angeles".into(), "Los Angeles".into()));
        assert_eq!(called(&store, two).await, ("天使之城".into(), "Angel City".into()));
        let all = sites::all(&store.read().await.unwrap()).await.unwrap();
        assert!(all[0].places.is_empty() && all[1].places.len() == 1);
        // What is not said stays, what is empty goes, and what has no name is no row.
        say(&store, two, la(), names(None, Some("LA"))).await.unwrap();
        assert_eq!(called(&store, two).await, ("天使之城".into(), "LA".into()));
        say(&store, two, la(), names(Some(""), None)).await.unwrap();
        assert_eq!(called(&store, two).await, ("LA".into(), "LA".into()));
        say(&store, two, la(), names(None, Some(" "))).await.unwrap();
        assert_eq!(list(&store.read().await.unwrap(), two, Page::default()).await.unwrap().total, 0);
    }

    async fn a_name_means_one_place_of_its_site(store: Store) {
        let (one, two) = (site(&store, "one").await, site(&store, "two").await);
        say(&store, one, la(), names(None, Some("Movie Town"))).await.unwrap();
        let burbank = place("US", Some("US-CA"), Some("burbank"));
        let fault = say(&store, one, burbank, names(None, Some("MOVIE-TOWN"))).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::Conflict, "place_name_taken"));
        assert!(fault.text.en.contains("Movie Town (US-CA)"), "{fault}");
        say(&store, two, burbank, names(None, Some("Movie Town"))).await.unwrap();
        let fault = say(&store, one, place("DE", None, None), names(Some("法国"), None)).await.unwrap_err();
        assert!(fault.slug == "place_name_taken" && fault.text.en.contains("France (FR)"), "{fault}");
        // A name that was taken back is free.
        say(&store, one, la(), names(None, Some(""))).await.unwrap();
        say(&store, one, burbank, names(None, Some("Movie Town"))).await.unwrap();
    }

    async fn two_cities_of_one_name_may_share_another(store: Store) {
        let one = site(&store, "one").await;
        let portland = |state| place("US", Some(state), Some("portland"));
        for state in ["US-OR", "US-ME"] {
            say(&store, one, portland(state), names(Some("波特兰"), None)).await.unwrap();
        }
        let fault = say(&store, one, la(), names(Some("波特兰"), None)).await.unwrap_err();
        assert_eq!(fault.slug, "place_name_taken", "Los Angeles is called otherwise");
        let kept = sites::by_id(&store.read().await.unwrap(), one).await.unwrap().places;
        assert_eq!(kept.cities_named("US", "波特兰").len(), 2);
    }

    async fn a_name_can_be_typed_into_a_username(store: Store) {
        let one = site(&store, "one").await;
        let longest = "长".repeat(42);
        say(&store, one, la(), names(Some(&longest), None)).await.unwrap();
        for bad in ["a_b", "a:b", "...", "a\tb", &"长".repeat(43), &"x".repeat(LONGEST + 1)] {
            let fault = say(&store, one, la(), names(Some(bad), None)).await.unwrap_err();
            assert!(fault.errors.contains_key("zh"), "{bad}: {fault}");
            assert!(say(&store, one, la(), names(None, Some(bad))).await.unwrap_err().errors.contains_key("en"));
        }
        assert!(say(&store, one, la(), Said::default()).await.is_err());
        assert_eq!(called(&store, one).await.0, longest);
    }

    async fn names_are_listed_in_order_and_taken_back(store: Store) {
        let one = site(&store, "one").await;
        let all = [la(), place("US", None, None), place("US", Some("US-CA"), None), place("JP", None, None)];
        for (n, place) in all.into_iter().enumerate() {
            say(&store, one, place, names(None, Some(&format!("name {n}")))).await.unwrap();
        }
        let page = list(&store.read().await.unwrap(), one, Page::new(2, 1)).await.unwrap();
        assert_eq!((page.total, page.rows[0].0), (4, place("US", None, None)));
        let tx = store.write().await.unwrap();
        Edit::begin(&tx, one).await.unwrap().forget(la()).await.unwrap();
        let fault = Edit::begin(&tx, one).await.unwrap().forget(la()).await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::NotFound, "place_unnamed"));
        assert_eq!(Edit::begin(&tx, one).await.unwrap().forget_all().await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert!(sites::by_id(&store.read().await.unwrap(), one).await.unwrap().places.is_empty());
    }
}
