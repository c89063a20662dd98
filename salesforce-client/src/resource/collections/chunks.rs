//! Cuts many records into requests: 200 of them each, in at most ten chunks of one object.
//!
//! The org works through the records of a request in chunks of neighbours of the same object, and refuses a
//! request that has more than ten. Records that alternate are put side by side; the outcomes are told in the
//! order in which the records came.
//!
//! See \[Salesforce/`sObject` Collections\].

use serde_json::Value;

/// The most records that the org takes in a request.
pub(super) const MOST_RECORDS: usize = 200;

/// The most chunks of one object that the org takes in a request.
pub(super) const MOST_CHUNKS: usize = 10;

/// The object of a record, or of an id, whose first three characters stand for it.
fn object(item: &Value) -> &str {
    match item {
        Value::String(id) => id.get(..3).unwrap_or(id),
        record => record["attributes"]["type"].as_str().unwrap_or_default(),
    }
}

/// How many chunks the org makes of these records as they stand.
pub(super) fn chunks<'a>(items: impl IntoIterator<Item = &'a Value>) -> usize {
    let (mut count, mut last) = (0, None);
    for item in items {
        let object = object(item);
        // Object names are the same in capitals.
        if !last.is_some_and(|last: &str| last.eq_ignore_ascii_case(object)) {
            count += 1;
        }
        last = Some(object);
    }
    count
}

/// The places of the records of each request. Their order is kept where the org takes it.
pub(super) fn requests(items: &[Value]) -> Vec<Vec<usize>> {
    let mut requests = Vec::new();
    let places: Vec<usize> = (0..items.len()).collect();
    for share in places.chunks(MOST_RECORDS) {
        if chunks(share.iter().map(|place| &items[*place])) <= MOST_CHUNKS {
            requests.push(share.to_vec());
            continue;
        }
        // Those of each object together, the objects in the order in which they came first.
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for place in share {
            let object = object(&items[*place]);
            let same = |group: &&mut Vec<usize>| self::object(&items[group[0]]).eq_ignore_ascii_case(object);
            match groups.iter_mut().find(same) {
                Some(group) => group.push(*place),
                None => groups.push(vec![*place]),
            }
        }
        requests.extend(groups.chunks(MOST_CHUNKS).map(<[_]>::concat));
    }
    requests
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn records(objects: &[usize]) -> Vec<Value> {
        objects.iter().map(|object| json!({"attributes": {"type": format!("Object{object}__c")}})).collect()
    }

    #[test]
    fn an_order_that_the_org_takes_is_kept() {
        let items = records(&[1, 2, 1, 2, 3, 3, 3]);
        assert_eq!(requests(&items), [[0, 1, 2, 3, 4, 5, 6]]);
    }

    #[test]
    fn records_that_alternate_are_put_side_by_side() {
        let items = records(&[1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
        assert_eq!(requests(&items), [[0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]]);
        let ids: Vec<Value> = (0..12).map(|n| json!(format!("{}00000000000{n:03}", 3 + n % 2))).collect();
        assert_eq!(chunks(requests(&ids)[0].iter().map(|place| &ids[*place])), 2);
    }

    proptest! {
        #[test]
        fn each_record_is_sent_once_in_a_request_that_the_org_takes(
            objects in prop::collection::vec(0_usize..30, 0..700),
        ) {
            let items = records(&objects);
            let requests = requests(&items);
            for request in &requests {
                prop_assert!(!request.is_empty() && request.len() <= MOST_RECORDS);
                prop_assert!(chunks(request.iter().map(|place| &items[*place])) <= MOST_CHUNKS);
            }
            let mut sent = requests.concat();
            sent.sort_unstable();
            prop_assert_eq!(sent, (0..items.len()).collect::<Vec<_>>());
        }
    }
}
