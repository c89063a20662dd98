//! Which ids name the same call: edges between ids, and the calls that they come to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{CallIdentity, PlatformId};

/// Edges between ids that name the same call.
///
/// An edge may come at any time. Putting edges together is a union of sets, so the calls that they come to depend
/// neither on the order nor on the repetition of edges.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CallLinks(BTreeSet<(PlatformId, PlatformId)>);

impl CallLinks {
    /// Notes that two ids name the same call.
    pub fn link(&mut self, one: &PlatformId, other: &PlatformId) {
        if one != other {
            self.0.insert((one.min(other).clone(), one.max(other).clone()));
        }
    }

    /// Adds the edges of others.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The calls that these ids and the edges between them come to: the connected components, each once, in the
    /// order of their first ids.
    pub fn calls<'a>(
        &'a self,
        ids: impl IntoIterator<Item = &'a PlatformId>,
    ) -> Vec<BTreeSet<&'a PlatformId>> {
        let mut union = Union::default();
        for id in ids {
            union.root(id);
        }
        for (one, other) in &self.0 {
            union.join(one, other);
        }
        union.components()
    }
}

impl From<&CallIdentity> for CallLinks {
    fn from(identity: &CallIdentity) -> Self {
        let mut links = Self::default();
        for other in identity.others() {
            links.link(identity.own(), other);
        }
        links
    }
}

/// Union-find over ids. The least id of a component is its root, so the outcome is the same in every order.
#[derive(Default)]
struct Union<'a> {
    /// The next id on the way to the root; a root leads to itself.
    parents: HashMap<&'a PlatformId, &'a PlatformId>,
}

impl<'a> Union<'a> {
    fn root(&mut self, id: &'a PlatformId) -> &'a PlatformId {
        let mut at = id;
        loop {
            let parent = *self.parents.entry(at).or_insert(at);
            if parent == at {
                return at;
            }
            // Path halving: later ways are half as long.
            let next = self.parents.get(parent).copied().unwrap_or(parent);
            self.parents.insert(at, next);
            at = next;
        }
    }

    fn join(&mut self, one: &'a PlatformId, other: &'a PlatformId) {
        let (one, other) = (self.root(one), self.root(other));
        self.parents.insert(one.max(other), one.min(other));
    }

    fn components(mut self) -> Vec<BTreeSet<&'a PlatformId>> {
        let ids: Vec<_> = self.parents.keys().copied().collect();
        let mut components: BTreeMap<&PlatformId, BTreeSet<&PlatformId>> = BTreeMap::new();
        for id in ids {
            components.entry(self.root(id)).or_default().insert(id);
        }
        components.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::call::Platform;

    fn id(number: u8) -> PlatformId {
        Platform::KAZOO.call(format!("{number:02}"))
    }

    /// The same by a slow and plain way: sets are joined until no edge joins two of them.
    fn plainly(edges: &[(u8, u8)]) -> BTreeSet<BTreeSet<PlatformId>> {
        let mut sets: Vec<BTreeSet<u8>> = (0..16).map(|number| BTreeSet::from([number])).collect();
        for (one, other) in edges {
            let (touched, mut rest): (Vec<_>, Vec<_>) =
                sets.into_iter().partition(|set| set.contains(one) || set.contains(other));
            rest.push(touched.into_iter().flatten().collect());
            sets = rest;
        }
        sets.into_iter().map(|set| set.into_iter().map(id).collect()).collect()
    }

    proptest! {
        #[test]
        fn edges_in_any_order_come_to_the_same_calls(
            (edges, shuffled) in prop::collection::vec((0..16_u8, 0..16_u8), 0..24)
                .prop_flat_map(|edges| (Just(edges.clone()), Just(edges).prop_shuffle())),
            repeats in prop::collection::vec((0..24_usize, any::<bool>()), 0..8),
        ) {
            let ids: Vec<_> = (0..16).map(id).collect();
            let mut links = CallLinks::default();
            for (one, other) in &shuffled {
                links.link(&id(*one), &id(*other));
            }
            for (place, turned) in repeats {
                if let Some((one, other)) = edges.get(place) {
                    let (one, other) = if turned { (other, one) } else { (one, other) };
                    links.link(&id(*one), &id(*other));
                }
            }
            let calls: BTreeSet<BTreeSet<PlatformId>> =
                links.calls(&ids).into_iter().map(|call| call.into_iter().cloned().collect()).collect();
            prop_assert_eq!(calls, plainly(&edges));
        }
    }

    #[test]
    fn a_late_edge_joins_two_calls_and_all_that_belongs_to_either() {
        let mut links = CallLinks::default();
        links.link(&id(1), &id(2));
        links.link(&id(3), &id(4));
        assert_eq!(links.calls([]).len(), 2);
        links.link(&id(4), &id(1));
        assert_eq!(links.calls([]), [[1, 2, 3, 4].map(id).iter().collect::<BTreeSet<_>>()]);
    }
}
