//! Runs a plan: finds the rows, by an index where one serves, and puts them in order.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{
    ast::Operator,
    bind::{Access, Check, Children, Filter, Plan},
    operand::Operand,
};
use crate::{
    engine::{Engine, Row},
    id::RecordId,
    schema::column,
};

/// The serials of the records a plan finds, in its order, after its offset and within its limit.
pub(crate) fn run(engine: &Engine, plan: &Plan) -> Vec<u32> {
    select(engine, plan, matching(engine, plan, None))
}

/// The serials of the children of a record.
pub(super) fn run_children(engine: &Engine, children: &Children, parent: &str) -> Vec<u32> {
    let plan = &children.plan;
    let serials = engine.store.lookup(plan.object, children.column, parent);
    let serials = serials.unwrap_or_else(|| {
        let refers = |row: &Row| row.values[children.column].as_str() == Some(parent);
        engine.store.live(plan.object).filter(|(_, row)| refers(row)).map(|(serial, _)| serial).collect()
    });
    select(engine, plan, matching(engine, plan, Some(serials.into_iter().collect())))
}

/// The rows a plan's filter holds for, out of `among` or of all.
pub(super) fn matching<'a>(
    engine: &'a Engine,
    plan: &Plan,
    among: Option<BTreeSet<u32>>,
) -> Vec<(u32, &'a Row)> {
    let fits = |row: &Row| {
        plan.filter.as_ref().is_none_or(|filter| holds(engine, plan.object, row, filter))
            && plan.search.as_ref().is_none_or(|search| search.finds(engine, plan.object, row))
    };
    // Deleted records are in no index.
    let candidates = among.or_else(|| {
        let filter = plan.filter.as_ref().filter(|_| !plan.all)?;
        candidates(engine, plan.object, filter)
    });
    match candidates {
        Some(serials) => serials
            .into_iter()
            .filter_map(|serial| Some((serial, engine.store.row(plan.object, serial)?)))
            .filter(|(_, row)| (plan.all || !row.deleted) && fits(row))
            .collect(),
        None if plan.all => engine.store.all(plan.object).filter(|(_, row)| fits(row)).collect(),
        None => engine.store.live(plan.object).filter(|(_, row)| fits(row)).collect(),
    }
}

fn select(engine: &Engine, plan: &Plan, mut found: Vec<(u32, &Row)>) -> Vec<u32> {
    if !plan.order.is_empty() {
        sort(engine, plan, &mut found);
    }
    let limit = plan.limit.unwrap_or(usize::MAX);
    found.into_iter().skip(plan.offset).take(limit).map(|(serial, _)| serial).collect()
}

fn sort(engine: &Engine, plan: &Plan, found: &mut [(u32, &Row)]) {
    found.sort_by_cached_key(|(serial, row)| {
        let keys = plan.order.iter().map(|key| SortKey {
            value: Operand::of(key.access.kind, &key.access.read(engine, plan.object, row)),
            descending: key.descending,
            nulls_last: key.nulls_last,
        });
        (keys.collect::<Vec<_>>(), *serial)
    });
}

/// A value with the way its key is ordered.
#[derive(PartialEq)]
pub(super) struct SortKey {
    pub(super) value: Operand,
    pub(super) descending: bool,
    pub(super) nulls_last: bool,
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let null = if self.nulls_last { Ordering::Greater } else { Ordering::Less };
        match (&self.value, &other.value) {
            (Operand::Null, Operand::Null) => Ordering::Equal,
            (Operand::Null, _) => null,
            (_, Operand::Null) => null.reverse(),
            (a, b) => {
                let order = a.order(b).unwrap_or(Ordering::Equal);
                if self.descending { order.reverse() } else { order }
            }
        }
    }
}

pub(super) fn holds(engine: &Engine, object: usize, row: &Row, filter: &Filter<Access>) -> bool {
    filter.holds(&|access| access.read(engine, object, row))
}

/// The rows an index can narrow the search to; `None` means all of them.
fn candidates(engine: &Engine, object: usize, filter: &Filter<Access>) -> Option<BTreeSet<u32>> {
    match filter {
        Filter::All(parts) => parts.iter().find_map(|part| candidates(engine, object, part)),
        Filter::Any(parts) => parts.iter().try_fold(BTreeSet::new(), |mut all, part| {
            all.append(&mut candidates(engine, object, part)?);
            Some(all)
        }),
        Filter::Test { subject, check, .. } => {
            let wanted = match check {
                Check::Compare(Operator::Equal, wanted) => std::slice::from_ref(wanted),
                Check::Among { negated: false, operands } => operands,
                _ => return None,
            };
            indexed(engine, object, subject.own_column()?, wanted)
        }
        Filter::Not(_) => None,
    }
}

fn indexed(engine: &Engine, object: usize, at: usize, wanted: &[Operand]) -> Option<BTreeSet<u32>> {
    let mut found = BTreeSet::new();
    for operand in wanted {
        let Operand::Text(text) = operand else { return None };
        if at == column::ID {
            found.extend(RecordId::parse(text).and_then(|id| own_serial(engine, object, id)));
        } else {
            found.extend(engine.store.lookup(object, at, text)?);
        }
    }
    Some(found)
}

fn own_serial(engine: &Engine, object: usize, id: RecordId) -> Option<u32> {
    (id.prefix() == engine.schema.object(object).prefix).then(|| id.serial())?
}
