//! Tables as text: read leniently, written with every value quoted, as the org does.

/// A text that is no table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Unclosed;

/// Reads rows of values. A quoted value can hold delimiters, line ends and doubled quotes; empty lines count
/// for nothing.
pub(crate) fn rows(text: &str, delimiter: char) -> Result<Vec<Vec<String>>, Unclosed> {
    let mut reader = Reader { rows: Vec::new(), row: Vec::new(), value: String::new(), touched: false };
    let mut letters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if reader.value.is_empty() => loop {
                reader.touched = true;
                match letters.next().ok_or(Unclosed)? {
                    '"' if letters.next_if_eq(&'"').is_some() => reader.value.push('"'),
                    '"' => break,
                    inside => reader.value.push(inside),
                }
            },
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => reader.end_row(),
            letter if letter == delimiter => reader.end_value(),
            letter => reader.value.push(letter),
        }
    }
    reader.end_row();
    Ok(reader.rows)
}

struct Reader {
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    value: String,
    /// Whether the value was quoted, and so is one even if it is empty.
    touched: bool,
}

impl Reader {
    fn end_value(&mut self) {
        self.row.push(std::mem::take(&mut self.value));
        self.touched = false;
    }

    fn end_row(&mut self) {
        if self.row.is_empty() && self.value.is_empty() && !self.touched {
            return;
        }
        self.end_value();
        self.rows.push(std::mem::take(&mut self.row));
    }
}

/// Adds a row to a text.
pub(crate) fn write<T: AsRef<str>>(
    text: &mut String,
    values: impl IntoIterator<Item = T>,
    delimiter: char,
    end: &str,
) {
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            text.push(delimiter);
        }
        text.push('"');
        text.push_str(&value.as_ref().replace('"', "\"\""));
        text.push('"');
    }
    text.push_str(end);
}

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{any, proptest},
    };

    use super::{Unclosed, rows, write};

    #[test]
    fn quotes_may_be_left_out_and_lines_may_end_either_way() {
        let table = rows("a,b\r\n1,\"x, \"\"y\"\"\n\"\n\n,\"\"\n", ',').unwrap();
        assert_eq!(table, [["a", "b"], ["1", "x, \"y\"\n"], ["", ""]]);
        assert_eq!(rows("a\n\"b", ','), Err(Unclosed));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(table in vec(vec(any::<String>(), 1..4), 0..4)) {
            let mut text = String::new();
            for row in &table {
                write(&mut text, row, '|', "\r\n");
            }
            // A mark of the byte order at the very beginning stands before the first quote, not in it.
            assert_eq!(rows(&text, '|').unwrap(), table);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = rows(&text, ',');
        }
    }
}
