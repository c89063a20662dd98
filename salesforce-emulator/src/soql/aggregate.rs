//! Groups the rows a plan finds and computes what is asked of each group.

use std::{cmp::Ordering, collections::HashMap};

use serde_json::{Map, Value, json};

use super::{
    ast::Function,
    bind::{Access, Aggregation, Cell, Plan},
    evaluate::{SortKey, matching},
    formatted::formatted,
    operand::Operand,
};
use crate::{
    engine::{Engine, Row},
    error::{ApiError, Code},
};

/// The groups of a plan as records, in its order, after its offset and within its limit.
///
/// Groups have no second page: more than one page of them are refused.
pub(crate) fn aggregate(
    engine: &Engine,
    plan: &Plan,
    aggregation: &Aggregation,
) -> Result<Vec<Value>, ApiError> {
    let mut groups = groups(engine, plan, aggregation);
    let cell = |group: &Group<'_>, cell: &Cell| value(engine, plan.object, group, cell);
    if let Some(having) = &aggregation.having {
        groups.retain(|group| having.holds(&|wanted| cell(group, wanted)));
    }
    if !aggregation.order.is_empty() {
        groups.sort_by_cached_key(|group| {
            let keys = aggregation.order.iter().map(|key| SortKey {
                value: Operand::of(key.kind, &cell(group, &key.cell)),
                descending: key.descending,
                nulls_last: key.nulls_last,
            });
            keys.collect::<Vec<_>>()
        });
    }
    let limit = plan.limit.unwrap_or(usize::MAX);
    if groups.len().saturating_sub(plan.offset).min(limit) > MAX_GROUPS {
        let message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch";
        return Err(ApiError::new(Code::ExceededIdLimit, message));
    }
    let record = |group: &Group<'_>| {
        let mut record = Map::from_iter([("attributes".to_owned(), json!({ "type": "AggregateResult" }))]);
        record.extend(aggregation.columns.iter().map(|(name, what)| (name.clone(), cell(group, what))));
        Value::Object(record)
    };
    Ok(groups.iter().skip(plan.offset).take(limit).map(record).collect())
}

/// Rows that have the same values in the fields grouped by.
struct Group<'a> {
    values: Vec<Value>,
    rows: Vec<&'a Row>,
}

fn groups<'a>(engine: &'a Engine, plan: &Plan, aggregation: &Aggregation) -> Vec<Group<'a>> {
    let (mut groups, mut places): (Vec<Group<'a>>, HashMap<String, usize>) = (Vec::new(), HashMap::new());
    for (_, row) in matching(engine, plan, None) {
        let values: Vec<Value> =
            aggregation.groups.iter().map(|access| access.read(engine, plan.object, row)).collect();
        // Texts that compare equal are one group, which shows the first of them.
        let key: Vec<_> = aggregation
            .groups
            .iter()
            .zip(&values)
            .map(|(access, value)| format!("{:?}", Operand::of(access.kind, value)))
            .collect();
        let place = *places.entry(key.join("\u{0}")).or_insert_with(|| {
            groups.push(Group { values, rows: Vec::new() });
            groups.len() - 1
        });
        groups[place].rows.push(row);
    }
    // Without GROUP BY there is one group, even of nothing.
    if aggregation.groups.is_empty() && groups.is_empty() {
        groups.push(Group { values: Vec::new(), rows: Vec::new() });
    }
    groups
}

fn value(engine: &Engine, object: usize, group: &Group<'_>, cell: &Cell) -> Value {
    let (function, access) = match cell {
        Cell::Group(at) => return group.values[*at].clone(),
        Cell::Call(_, None) => return Value::from(group.rows.len()),
        Cell::Formatted(cell, kind, scale) => {
            return formatted(*kind, *scale, &value(engine, object, group, cell));
        }
        Cell::Call(function, Some(access)) => (*function, access),
    };
    let values =
        group.rows.iter().map(|row| access.read(engine, object, row)).filter(|value| !value.is_null());
    match function {
        Function::Count => Value::from(values.count()),
        Function::CountDistinct => {
            let distinct: std::collections::HashSet<String> =
                values.map(|value| format!("{:?}", Operand::of(access.kind, &value))).collect();
            Value::from(distinct.len())
        }
        Function::Sum | Function::Avg => {
            let numbers: Vec<f64> = values.filter_map(|value| value.as_f64()).collect();
            let sum: f64 = numbers.iter().sum();
            match (function, u32::try_from(numbers.len())) {
                (_, Ok(0)) => Value::Null,
                (Function::Avg, Ok(count)) => Value::from(sum / f64::from(count)),
                _ => Value::from(sum),
            }
        }
        Function::Min => extreme(access, values, Ordering::Less),
        Function::Max => extreme(access, values, Ordering::Greater),
    }
}

fn extreme(access: &Access, values: impl Iterator<Item = Value>, wanted: Ordering) -> Value {
    let better = |best: Value, next: Value| {
        let order = Operand::of(access.kind, &next).order(&Operand::of(access.kind, &best));
        if order == Some(wanted) { next } else { best }
    };
    values.reduce(better).unwrap_or_default()
}

const MAX_GROUPS: usize = 2_000;
