//! Who takes calls that come in on a number without an assistant, as the settings say it.

use std::{fmt, fs};

use vapi_types::assistant::Assistant;
use voice_crm_core::channel::Vapi;

/// Who takes calls on numbers that Vapi asks about.
#[derive(Clone, Default)]
pub(crate) enum CallTaker {
    /// Nobody: such calls are turned away.
    #[default]
    Nobody,
    /// An assistant that is stored at Vapi.
    Stored(String),
    /// This assistant, with the functions of the desk.
    Defined(Box<Assistant>),
}

impl CallTaker {
    /// Reads the id of a stored assistant, or the file in which one is defined in the words of Vapi's API.
    pub(crate) fn read(id: Option<String>, file: Option<String>) -> Result<Self, String> {
        match (id, file) {
            (Some(_), Some(_)) => {
                Err("VAPI_ASSISTANT_ID and VAPI_ASSISTANT_FILE are both set; one assistant takes a call"
                    .to_owned())
            }
            (Some(id), None) => Ok(Self::Stored(id)),
            (None, Some(file)) => {
                let text = fs::read_to_string(&file)
                    .map_err(|error| format!("VAPI_ASSISTANT_FILE: {file} cannot be read: {error}"))?;
                let assistant = Assistant::read(&text)
                    .map_err(|error| format!("VAPI_ASSISTANT_FILE: {file}: {error}"))?;
                Ok(Self::Defined(Box::new(assistant)))
            }
            (None, None) => Ok(Self::Nobody),
        }
    }

    /// The channel with whoever takes its calls.
    pub(crate) fn on(self, vapi: Vapi) -> Vapi {
        match self {
            Self::Nobody => vapi,
            Self::Stored(id) => vapi.assistant_id(id),
            Self::Defined(assistant) => vapi.assistant(*assistant),
        }
    }
}

impl fmt::Debug for CallTaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Stored(_) => "Stored(..)",
            Self::Defined(_) => "Defined(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(text: &str) -> Result<CallTaker, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        CallTaker::read(None, Some(file.path().to_str().unwrap().to_owned()))
    }

    #[test]
    fn an_assistant_is_named_by_its_id_or_defined_in_a_file_and_not_both() {
        assert!(matches!(CallTaker::read(None, None), Ok(CallTaker::Nobody)));
        assert!(
            matches!(CallTaker::read(Some("a".to_owned()), None), Ok(CallTaker::Stored(id)) if id == "a")
        );
        assert!(matches!(in_file(r#"{ "name": "Support" }"#), Ok(CallTaker::Defined(_))));
        for wrong in [
            in_file("not JSON"),
            CallTaker::read(None, Some("not-there.json".to_owned())),
            CallTaker::read(Some("a".to_owned()), Some("b".to_owned())),
        ] {
            assert!(wrong.unwrap_err().contains("VAPI_ASSISTANT_FILE"));
        }
    }
}
