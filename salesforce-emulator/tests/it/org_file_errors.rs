//! Mistakes in an org file: each is told with its line and what it is about, and none passes.

use salesforce_emulator::Org;

/// What is said of a file, whether when it is read or when the org starts.
async fn said(text: &str) -> String {
    match Org::builder().toml(text) {
        Err(error) => error.to_string(),
        Ok(builder) => builder.start().await.map_or_else(|error| error.to_string(), |_| "nothing".to_owned()),
    }
}

#[tokio::test]
async fn a_mistake_is_named_with_its_line_and_without_its_text() {
    for (text, named) in [
        ("nonsense = 1", "line 1: unknown field `nonsense`"),
        ("[client]\nid = \"c\"\nsecret = canary-client-secret-5d1f", "line 3"),
        ("\n[[field]]\nname = \"A__c\"\ntype = \"text\"", "line 2: the field A__c needs an object"),
        ("[[record]]\nName = \"x\"", "line 1: a record needs an object"),
        ("[[record]]\nobject = \"Case\"\nref = 5", "line 1: ref of a record is a text"),
        (
            "[[validation_rule]]\nobject = \"Case\"\nwhen = \"Nope = 1\"\nmessage = \"m\"",
            "line 1: the condition of a rule for Case",
        ),
        (
            "[[validation_rule]]\nobject = \"Caze\"\nwhen = \"Id = null\"\nmessage = \"m\"",
            "line 1: a rule is for the unknown object Caze",
        ),
        (
            "[[user]]\nusername = \"a@example.com\"\npassword = \"canary-token-77aa\"\n[[user]]\n\
             username = \"A@example.com\"\npassword = \"canary-token-77aa\"",
            "line 4: the user A@example.com is there already",
        ),
        (
            "[[queue]]\nname = \"Q\"\nobjects = [\"Case\"]\n[[queue]]\nname = \"Q\"\nobjects = [\"Lead\"]",
            "line 4: the queue Q is there already",
        ),
        (
            "[[queue]]\nname = \"Q\"\nobjects = [\"Account\"]",
            "line 1: the queue Q cannot own records of Account",
        ),
        ("\ntrack_changes = [\"Caze\"]", "line 2: there is no object Caze to track"),
        (
            "[[object]]\nname = \"Call__c\"\n[[object]]\nname = \"call__c\"",
            "line 3: the object call__c is there already",
        ),
    ] {
        let sentence = said(text).await;
        assert!(sentence.contains(named), "{sentence}");
        assert!(!sentence.contains("canary"));
    }
}

#[tokio::test]
async fn a_field_that_no_org_could_have_is_refused() {
    for (keys, named) in [
        ("type = \"colour\"", "the field Case.A__c has the unknown type colour"),
        ("type = \"date\"\nlength = 5", "the field Case.A__c of type date takes no length"),
        ("type = \"text\"\nvalues = [\"x\"]", "of type text takes no values"),
        ("type = \"text\"\nto = \"Case\"", "of type text takes no to"),
        ("type = \"checkbox\"\nunique = true", "of type checkbox takes no unique"),
        ("type = \"picklist\"", "of type picklist needs values"),
        ("type = \"picklist\"\nvalues = [\"x\", \"x\"]", "lists the value x twice"),
        (
            "type = \"picklist\"\nvalues = [\"x\"]\nrestricted = true\ndefault = \"y\"",
            "the field Case.A__c has a default that does not fit it",
        ),
        ("type = \"text\"\nlength = 3\ndefault = \"four\"", "has a default that does not fit it"),
        ("type = \"checkbox\"\ndefault = \"yes\"", "has a default that does not fit it"),
        ("type = \"text\"\nlength = 256", "the field Case.A__c is 256 long, and can be from 1 to 255"),
        ("type = \"text\"\nlength = 0", "is 0 long"),
        ("type = \"long_text\"\nlength = 200000", "is 200000 long"),
        ("type = \"number\"\ndigits = 17\nscale = 2", "has more than 18 digits"),
        ("type = \"lookup\"", "needs to, the object it refers to"),
        ("type = \"lookup\"\nto = \"Caze\"", "the field Case.A__c refers to an unknown object"),
    ] {
        let sentence = said(&format!("\n\n[[field]]\nobject = \"Case\"\nname = \"A__c\"\n{keys}")).await;
        assert!(sentence.contains(named) && sentence.contains("line 3: "), "{keys}: {sentence}");
    }
    for name in ["A__B__c", "_A__c", "A___c", "Ä__c", "A"] {
        let sentence =
            said(&format!("[[field]]\nobject = \"Case\"\nname = \"{name}\"\ntype = \"date\"")).await;
        assert!(sentence.contains("line 1: ") && sentence.contains(name), "{name}: {sentence}");
    }
    let inner = "[[object]]\nname = \"Call__c\"\n[[object.field]]\nname = \"A__c\"\ntype = \"colour\"";
    assert!(said(inner).await.contains("line 3: the field Call__c.A__c has the unknown type colour"));
}

#[tokio::test]
async fn a_record_that_is_refused_is_named_with_its_line_object_and_field_and_without_its_values() {
    for (keys, named) in [
        ("object = \"Caze\"", "a record is of the unknown object Caze"),
        (
            "object = \"Lead\"\nLastName = \"canary\"",
            "the record of Lead is refused: REQUIRED_FIELD_MISSING (Company)",
        ),
        ("object = \"Case\"\nSubjekt = \"canary\"", "the record of Case is refused: INVALID_FIELD (Subjekt)"),
        ("object = \"Case\"\nSubject = \"a\"\nIsEscalated = \"canary\"", "JSON_PARSER_ERROR (IsEscalated)"),
        ("object = \"Case\"\nSuppliedEmail = \"canary\"", "INVALID_EMAIL_ADDRESS (SuppliedEmail)"),
        (
            "object = \"Case\"\nAccountId = \"@{acme}\"",
            "Case.AccountId refers to acme, which no earlier record is named",
        ),
    ] {
        let sentence = said(&format!("# An org.\n[[record]]\n{keys}")).await;
        assert!(sentence.contains("line 2: ") && sentence.contains(named), "{sentence}");
        assert!(!sentence.contains("canary"), "{sentence}");
    }
    let twice = "[[record]]\nobject = \"Case\"\nref = \"a\"\n[[record]]\nobject = \"Case\"\nref = \"a\"";
    assert!(said(twice).await.contains("line 4: there is a record named a already"));
}

#[tokio::test]
async fn a_rule_and_a_permission_name_what_is_there() {
    for (text, named) in [
        ("[[duplicate_rule]]\nobject = \"Contakt\"\nfields = [\"Email\"]", "for the unknown object Contakt"),
        (
            "[[duplicate_rule]]\nobject = \"Contact\"\nfields = [\"Emial\"]",
            "compares the unknown field Emial",
        ),
        ("[[duplicate_rule]]\nobject = \"Contact\"\nfields = []", "compares no field"),
        ("[[permission]]\nobject = \"Caze\"\ncreate = false", "a permission is for the unknown object Caze"),
        ("[[permission]]\nobject = \"Caze\"\nread = false", "there is no object Caze"),
        ("[[permission]]\nobject = \"User\"\nread = false", "the org needs User"),
        (
            "[[permission]]\nobject = \"Case\"\nread = false\nedit = true",
            "cannot be written without being read",
        ),
        ("[[permission]]\nobject = \"Case\"\nfield = \"Nope\"\nread = false", "Case has no field Nope"),
        (
            "[[permission]]\nobject = \"Case\"\nfield = \"Status\"\ndelete = false",
            "can be read and edited, nothing else",
        ),
        (
            "[[permission]]\nobject = \"Lead\"\nfield = \"LastName\"\nread = false",
            "every record of Lead needs LastName",
        ),
        (
            "[[permission]]\nobject = \"Lead\"\nfield = \"LastName\"\nedit = false",
            "every record of Lead needs LastName",
        ),
    ] {
        let sentence = said(text).await;
        assert!(sentence.contains(named) && sentence.contains("line 1: "), "{text}: {sentence}");
    }
}

/// An org that has one of everything, without a mistake.
const WHOLE: &str = r#"
daily_calls = 500
enforce_daily_calls = true
user_calls = 100
jwt_tokens = true
rotate_refresh_tokens = true
track_changes = ["Case"]

[client]
id = "app"
secret = "canary-client-secret-5d1f"

[[user]]
username = "grace@example.com"
password = "canary-token-77aa"

[[object]]
name = "Call__c"
text_name = true

[[object.field]]
name = "Key__c"
type = "external_id"
label = "Key"

[[field]]
object = "Case"
name = "Channel__c"
type = "picklist"
values = ["Voice", "Mail"]
restricted = true
default = "Mail"

[[field]]
object = "Case"
name = "Score__c"
type = "number"
digits = 4
scale = 1
unique = true

[[field]]
object = "Case"
name = "Call__c"
type = "lookup"
to = "Call__c"

[[field]]
object = "Case"
name = "Note__c"
type = "text"
length = 20
required = false

[[validation_rule]]
object = "Case"
when = "Priority = 'High' AND AccountId = null"
message = "A high case needs an account."

[[duplicate_rule]]
object = "Contact"
fields = ["Email"]

[[permission]]
user = "grace@example.com"
object = "Lead"
create = false
edit = false
delete = false

[[permission]]
object = "Case"
field = "Priority"
edit = false

[[permission]]
object = "Event"
read = false

[[queue]]
name = "Tier 2"
objects = ["Case"]

[[record_type]]
object = "Case"
name = "Support"
label = "Support case"
active = true
users = ["grace@example.com"]
default_for = ["grace@example.com"]
values.Channel__c = ["Mail"]

[[record]]
object = "Account"
ref = "acme"
Name = "Acme"

[[record]]
object = "Case"
Subject = "canary"
AccountId = "@{acme}"
OwnerId = "@{Tier 2}"
RecordTypeId = "@{Case.Support}"
Score__c = 4.5
"#;

/// The file with its line of this number changed.
fn with_line(number: usize, change: impl Fn(&str) -> String) -> String {
    let lines = WHOLE.lines().enumerate();
    lines.map(|(at, line)| if at == number { change(line) } else { line.to_owned() } + "\n").collect()
}

#[tokio::test]
async fn no_line_of_an_org_file_can_be_wrong_unnoticed() {
    assert_eq!(said(WHOLE).await, "nothing");
    let (mut tried, mut passed) = (0, Vec::new());
    for (number, line) in WHOLE.lines().enumerate() {
        let mut wrong = Vec::new();
        if let Some((key, value)) = line.split_once(" = ") {
            wrong.push(with_line(number, |_| format!("{key}x = {value}")));
            wrong.push(with_line(number, |_| format!("{key} = {{ a = [1] }}")));
            wrong.push(with_line(number, |line| format!("{line}\n{line}")));
            // What names something does not name what is not there.
            if value.contains('"') && !FREE.contains(&key) {
                let misspelt = value.replacen('"', "\"Z z", 1);
                wrong.push(with_line(number, |_| format!("{key} = {misspelt}")));
            }
            // A record may have an empty field, nothing else may.
            if value.starts_with('"') && (key == "name" || key == "username" || key == "object") {
                wrong.push(with_line(number, |_| format!("{key} = \"\"")));
            }
            if value.parse::<f64>().is_ok() {
                wrong.push(with_line(number, |_| format!("{key} = -1.5e9")));
            }
        } else if line.starts_with('[') {
            wrong.push(with_line(number, |line| line.replace(']', "x]").replace("x]x]", "x]]")));
        }
        for text in wrong {
            let sentence = said(&text).await;
            assert!(!sentence.contains("canary"), "{sentence}");
            tried += 1;
            if !sentence.contains(": line ") && !sentence.starts_with("line ") {
                passed.push(format!("line {}, {line}: {sentence}", number + 1));
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert!(passed.is_empty(), "{passed:#?}");
}

/// Keys whose text can be any.
const FREE: [&str; 8] = ["id", "secret", "password", "label", "message", "values", "Name", "Subject"];
