//! What holds of every table: the selection stays on its id, the order is held while a person is
//! in it, filters and sorting compose.

use super::*;

fn row(id: &str, group: Option<usize>, number: i64) -> TableRow {
    TableRow {
        id: Arc::from(id),
        group,
        cells: vec![
            Rich::plain("✔").into(),
            Rich::plain(id.to_owned()).into(),
            Cell::number(Rich::plain(number.to_string()), number),
        ],
        fault: number > 5,
    }
}

fn table(ids: &[&str]) -> DataTable {
    let mut table = DataTable::new(vec![
        Column::sign(),
        Column::name("NAME"),
        Column::number("MS", Keep::Second),
    ]);
    table.set_rows(Vec::new(), rows(ids));
    table
}

fn rows(ids: &[&str]) -> Vec<TableRow> {
    let numbers = 0_i64..;
    ids.iter()
        .zip(numbers)
        .map(|(id, number)| row(id, None, number * 3))
        .collect()
}

fn listed(table: &DataTable) -> Vec<&str> {
    table.listed().map(|row| &*row.id).collect()
}

fn selected(table: &DataTable) -> &str {
    table.selected_id().map_or("", |id| id)
}

#[test]
fn the_selection_stays_on_its_id_when_rows_move() {
    let mut table = table(&["a", "b", "c"]);
    assert_eq!(selected(&table), "a");
    table.on_action(Action::Down);
    assert_eq!(selected(&table), "b");
    table.set_rows(Vec::new(), rows(&["x", "y", "b", "a"]));
    assert_eq!(selected(&table), "b");
    table.set_rows(Vec::new(), rows(&["x", "y"]));
    assert_ne!(selected(&table), "");
}

#[test]
fn the_order_waits_for_the_next_key_once_a_person_has_moved() {
    let mut table = table(&["a", "b", "c"]);
    table.set_rows(Vec::new(), rows(&["c", "a", "b"]));
    assert_eq!(listed(&table), ["c", "a", "b"]);
    table.on_action(Action::Down);
    table.set_rows(Vec::new(), rows(&["new", "b", "a", "c"]));
    assert_eq!(listed(&table), ["c", "a", "b", "new"]);
    table.on_action(Action::Down);
    assert_eq!(listed(&table), ["new", "b", "a", "c"]);
}

#[test]
fn a_hidden_selection_comes_back_with_its_row() {
    let mut table = table(&["one", "two", "three"]);
    table.select("three");
    table.set_filter("one");
    assert_eq!(listed(&table), ["one"]);
    assert_eq!(selected(&table), "one");
    table.set_filter("");
    assert_eq!(selected(&table), "three");
    table.set_filter("nothing has this");
    assert_eq!(table.selected_id(), None);
    assert_eq!(table.count(), (0, 3));
}

#[test]
fn going_to_a_hidden_row_drops_what_hides_it() {
    let mut table = table(&["one", "two", "three"]);
    table.on_action(Action::FaultsOnly);
    table.set_filter("three");
    assert!(table.select("one"));
    assert_eq!((selected(&table), table.filter()), ("one", ""));
    assert!(!table.is_faults_only() && !table.select("four"));
}

#[test]
fn the_same_column_again_turns_the_order_round() {
    let mut table = table(&["b", "a", "c"]);
    table.sort_by(1);
    assert_eq!(listed(&table), ["a", "b", "c"]);
    table.sort_by(1);
    assert_eq!(listed(&table), ["c", "b", "a"]);
    table.sort_by(2);
    assert_eq!(listed(&table), ["b", "a", "c"]);
    table.sort_by(9);
    assert_eq!(table.sorted(), Some((2, false)));
}

#[test]
fn faults_only_and_back_out_of_it() {
    let mut table = table(&["a", "b", "c"]);
    assert!(table.on_action(Action::FaultsOnly));
    assert_eq!(listed(&table), ["c"]);
    table.set_filter("a");
    assert_eq!(listed(&table), Vec::<&str>::new());
    assert!(table.on_action(Action::Back) && table.on_action(Action::Back));
    assert_eq!(listed(&table).len(), 3);
    assert!(!table.on_action(Action::Back));
}

#[test]
fn groups_keep_their_rows_and_headings_are_never_selected() {
    let mut table = table(&[]);
    let group = |title: &'static str| Group {
        title: Rich::muted(title),
        right: Rich::new(),
    };
    table.set_rows(
        vec![group("first"), group("second")],
        vec![
            row("z", Some(0), 1),
            row("b", Some(1), 2),
            row("a", Some(0), 3),
        ],
    );
    assert_eq!(listed(&table), ["z", "a", "b"]);
    assert_eq!(selected(&table), "z");
    for expected in ["a", "b", "b"] {
        table.on_action(Action::Down);
        assert_eq!(selected(&table), expected);
    }
    table.sort_by(1);
    assert_eq!(listed(&table), ["a", "z", "b"]);
    table.on_action(Action::First);
    assert_eq!((selected(&table), table.top), ("a", 0));
}

#[test]
fn marks_stay_on_ids() {
    let mut table = table(&["a", "b"]);
    table.on_action(Action::Mark);
    table.set_rows(Vec::new(), rows(&["b", "a"]));
    assert!(table.marks().contains("a"));
    table.on_action(Action::MarkAll);
    assert_eq!(table.marks().len(), 2);
    table.on_action(Action::MarkAll);
    assert!(table.marks().is_empty());
}

#[test]
fn other_columns_keep_the_order_by_a_column_that_both_have() {
    let mut table = table(&["a", "b"]);
    table.sort_by(2);
    table.set_columns(vec![
        Column::name("NAME"),
        Column::number("MS", Keep::Second),
    ]);
    assert_eq!(table.sorted(), Some((1, false)));
    table.set_columns(vec![Column::name("NAME")]);
    assert_eq!(table.sorted(), None);
}
