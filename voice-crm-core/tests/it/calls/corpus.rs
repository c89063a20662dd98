//! Telephone numbers of twenty countries in more than thirty ways to store them.

/// A country: its code, a name for addresses, what precedes a national number, country code, and the groups of
/// two telephone numbers without any prefix.
pub(crate) struct Country {
    pub(crate) name: &'static str,
    trunk: &'static str,
    code: &'static str,
    groups: [&'static [&'static str]; 2],
    exit: &'static str,
}

const fn country(
    name: &'static str,
    trunk: &'static str,
    code: &'static str,
    exit: &'static str,
    groups: [&'static [&'static str]; 2],
) -> Country {
    Country { name, trunk, code, groups, exit }
}

pub(crate) const COUNTRIES: [Country; 22] = [
    country("United States", "1", "1", "011", [&["415", "555", "0142"], &["212", "555", "0187"]]),
    country("Canada", "1", "1", "011", [&["416", "555", "0142"], &["604", "555", "0131"]]),
    country("Germany", "0", "49", "00", [&["30", "901", "820"], &["1512", "864", "3097"]]),
    country("United Kingdom", "0", "44", "00", [&["20", "7946", "0958"], &["7400", "815", "296"]]),
    country("France", "0", "33", "00", [&["1", "42", "60", "38", "71"], &["6", "19", "83", "40", "52"]]),
    country("Italy", "", "39", "00", [&["06", "698", "70421"], &["312", "905", "8364"]]),
    country("Spain", "", "34", "00", [&["810", "739", "052"], &["612", "480", "937"]]),
    country("Netherlands", "0", "31", "00", [&["10", "437", "2085"], &["6", "1904", "7365"]]),
    country("Belgium", "0", "32", "00", [&["2", "371", "80", "46"], &["470", "83", "19", "62"]]),
    country("Switzerland", "0", "41", "00", [&["21", "640", "93", "17"], &["78", "305", "62", "94"]]),
    country("Austria", "0", "43", "00", [&["1", "716", "380254"], &["664", "918", "207"]]),
    country("Sweden", "0", "46", "00", [&["8", "513", "970"], &["70", "384", "61", "29"]]),
    country("Poland", "", "48", "00", [&["12", "638", "04", "71"], &["512", "906", "483"]]),
    country("Russia", "8", "7", "810", [&["495", "730", "61", "82"], &["912", "608", "47", "53"]]),
    country("Mexico", "", "52", "00", [&["55", "4937", "1620"], &["222", "806", "3914"]]),
    country("Brazil", "0", "55", "00", [&["11", "3864", "9072"], &["11", "97385", "1460"]]),
    country("Argentina", "0", "54", "00", [&["11", "4371", "8096"], &["351", "482", "6903"]]),
    country("Japan", "0", "81", "010", [&["3", "6273", "9105"], &["90", "4836", "1729"]]),
    country("Korea", "0", "82", "00", [&["2", "738", "4160"], &["10", "9473", "6028"]]),
    country("China", "0", "86", "00", [&["10", "6485", "9317"], &["131", "8046", "2957"]]),
    country("India", "0", "91", "00", [&["74104", "69385"], &["81267", "40953"]]),
    country("Australia", "0", "61", "0011", [&["2", "9374", "6185"], &["412", "730", "986"]]),
];

impl Country {
    /// The numbers as a telephone network names them.
    pub(crate) fn numbers(&self) -> Vec<String> {
        self.groups.iter().map(|groups| format!("+{}{}", self.code, groups.concat())).collect()
    }

    /// The ways in which its `place`-th number may stand in a record of this country.
    pub(crate) fn stored(&self, place: usize) -> Vec<String> {
        let Self { trunk, code, exit, .. } = self;
        let groups = self.groups[place];
        let digits = groups.concat();
        let (first, rest) = (groups[0], &groups[1..]);
        let mut forms = vec![
            format!("+{code}{digits}"),
            format!("{code}{digits}"),
            format!("00{code}{digits}"),
            format!("{exit}{code}{digits}"),
            format!("{exit} {code} {}", groups.join(" ")),
            format!("tel:+{code}-{}", groups.join("-")),
            format!("Tel. +{code} {}", groups.join(" ")),
            format!("+{code}{digits};ext=123"),
            format!("+{code} {} ext. 7", groups.join(" ")),
            format!("+{code} {} x12", groups.join("-")),
            format!("(+{code}) {}", groups.join(" ")),
            format!("+{code} ({first}) {}", rest.join(" ")),
            format!("+{code} ({first}) {}", rest.join("-")),
            format!("+{code}({first}){}", rest.concat()),
            format!("+{code}\u{a0}{}", groups.join("\u{a0}")),
            format!("{trunk}{digits} ext. 42"),
            format!("({trunk}{first}) {}", rest.join("-")),
            format!("({trunk}{first}) {}", rest.join(" ")),
            format!("({trunk}{first}){}", rest.concat()),
            format!("{trunk}{first}/{}", rest.concat()),
            format!("{trunk}{first} - {}", rest.join(" - ")),
            format!("Tel {trunk}{}", groups.join(" ")),
        ];
        for separator in ["-", ".", " ", "  ", " - "] {
            forms.push(format!("+{code}{separator}{}", groups.join(separator)));
            forms.push(format!("{code}{separator}{}", groups.join(separator)));
            forms.push(format!("{trunk}{}", groups.join(separator)));
        }
        forms.push(format!("{trunk}{digits}"));
        if !trunk.is_empty() && *trunk != "8" {
            forms.push(format!("+{code} ({trunk}) {}", groups.join(" ")));
            forms.push(format!("+{code} ({trunk}){digits}"));
        }
        forms.sort();
        forms.dedup();
        forms
    }
}
