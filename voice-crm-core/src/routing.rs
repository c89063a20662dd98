//! Where a call goes: a pure function from who calls to queue, priority, skills, agent and greeting.
//!
//! The rules stand in TOML, so that whoever runs the desk can change them. What cannot be found out in time is
//! answered by the default, never by silence.
//!
//! ```
//! use voice_crm_core::{crm::CallerMatch, routing::{Profile, Rules}};
//!
//! let rules: Rules = r#"
//!     [default]
//!     queue = "agent"
//!     greeting = "Good day, how can I help?"
//!
//!     [queues.hardware]
//!     number = "+14155550100"
//!
//!     [[rule]]
//!     name = "urgent case"
//!     when = { open_case_priority = ["High"] }
//!     queue = "hardware"
//!     priority = 10
//!     agent = "owner"
//!     greeting = "Good day {name}. I see that your case is urgent."
//! "#
//! .parse()?;
//!
//! let nobody = CallerMatch::Nobody;
//! assert_eq!(rules.route(&Profile::new(&nobody)).queue, "agent");
//! # Ok::<(), voice_crm_core::routing::RulesError>(())
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use crate::{
    caller::Attestation,
    crm::{CallerMatch, RecordRef, RecordText},
};

mod condition;
mod table;

use table::Table;

/// The queue that is the voice agent itself.
pub const AGENT: &str = "agent";
/// The queue that takes messages.
pub const VOICEMAIL: &str = "voicemail";

/// Rules for where calls go.
#[derive(Clone, Debug)]
pub struct Rules {
    table: Table,
}

/// The rules cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// The text is no TOML, or a word in it is not known.
    #[error("the routing rules cannot be read: {0}")]
    Text(String),
    /// A rule sends calls to a queue that does not exist.
    #[error("the rule {rule} names the queue {queue}, which stands nowhere; add [queues.{queue}]")]
    Queue {
        /// The rule.
        rule: String,
        /// The queue.
        queue: String,
    },
    /// A queue's number cannot be dialled from anywhere.
    #[error("the queue {queue} has the number {number}; write it with its country, such as +14155550100")]
    Number {
        /// The queue.
        queue: String,
        /// The number.
        number: String,
    },
    /// A queue's SIP address is none.
    #[error("the queue {queue} has the SIP address {address}; write it as sip:name@host")]
    Sip {
        /// The queue.
        queue: String,
        /// The address.
        address: String,
    },
    /// The name of a queue or a workflow of the platform is empty.
    #[error("{0} is empty; give it a name, or leave it out")]
    Empty(String),
    /// A queue has no address, or more than one.
    #[error("the queue {0} needs exactly one of number, sip, enqueue, workflow")]
    Address(String),
}

/// What is known when a call is routed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Profile<'a> {
    /// Who calls.
    pub caller: &'a CallerMatch,
    /// Whether the network vouches for the number.
    pub attested: bool,
}

impl<'a> Profile<'a> {
    /// A caller of whom no more is known than the records with the number.
    pub fn new(caller: &'a CallerMatch) -> Self {
        Self { caller, attested: false }
    }

    /// With the word of the telephone network on the number.
    #[must_use]
    pub fn attestation(mut self, attestation: Attestation) -> Self {
        self.attested = attestation == Attestation::Full;
        self
    }
}

/// Where a call goes, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// The rule that decided; `default` where none did.
    pub rule: String,
    /// The name of the queue.
    pub queue: String,
    /// Where the queue is.
    pub destination: Destination,
    /// How urgent it is; the higher the sooner.
    pub priority: u32,
    /// What whoever answers must be able to do.
    pub skills: BTreeSet<String>,
    /// The user who looks after the caller, where the rule asks for that one.
    pub agent: Option<RecordRef>,
    /// What is said first.
    pub greeting: Option<String>,
}

/// Where a queue is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Destination {
    /// The voice agent.
    Agent,
    /// A machine that takes messages.
    Voicemail,
    /// A telephone number.
    Number(String),
    /// A SIP address.
    Sip(String),
    /// A queue of the telephone platform.
    Queue(String),
    /// A workflow of the telephone platform, which chooses a queue by the task's attributes.
    Workflow(String),
}

impl Rules {
    /// Every call goes to the voice agent.
    pub fn agent_only() -> Self {
        Self { table: Table::default() }
    }

    /// Where this caller's call goes. The first rule decides whose conditions all hold.
    pub fn route(&self, profile: &Profile<'_>) -> Route {
        let rule = self.table.rules.iter().find(|rule| rule.when.holds(profile));
        let default = &self.table.default;
        let Some(rule) = rule else { return self.default_route() };
        let queue = rule.queue.as_ref().unwrap_or(&default.queue).clone();
        let one = profile.caller.one();
        let greeting = rule.greeting.as_deref().and_then(|text| greet(text, one.map(|caller| &caller.name)));
        let owner = one.and_then(|caller| caller.owner.clone());
        Route {
            rule: rule.name.clone(),
            destination: self.table.destination(&queue),
            queue,
            priority: rule.priority.unwrap_or(default.priority),
            skills: if rule.skills.is_empty() { default.skills.clone() } else { rule.skills.clone() },
            agent: owner.filter(|_| rule.agent.is_some()),
            greeting: greeting.or_else(|| default.greeting.clone()),
        }
    }

    /// Where calls go of whose caller nothing was found out in time.
    pub fn default_route(&self) -> Route {
        let default = &self.table.default;
        Route {
            rule: "default".to_owned(),
            queue: default.queue.clone(),
            destination: self.table.destination(&default.queue),
            priority: default.priority,
            skills: default.skills.clone(),
            agent: None,
            greeting: default.greeting.clone(),
        }
    }
}

impl FromStr for Rules {
    type Err = RulesError;

    fn from_str(text: &str) -> Result<Self, RulesError> {
        let table: Table =
            toml::from_str(text).map_err(|error| RulesError::Text(error.message().to_owned()))?;
        table.check()?;
        Ok(Self { table })
    }
}

/// A greeting with the caller's name in it; none where it wants a name that nobody knows.
fn greet(text: &str, name: Option<&RecordText>) -> Option<String> {
    if !text.contains("{name}") {
        return Some(text.to_owned());
    }
    Some(text.replace("{name}", &name?.name()?))
}

/// The queues by name.
type Queues = BTreeMap<String, table::Queue>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{AccountRecord, CallerRecord, CaseRecord, MatchReason};

    const RULES: &str = r#"
        [default]
        queue = "agent"
        priority = 1
        greeting = "Hello."

        [queues.vip]
        sip = "sip:vip@example.com"
        [queues.sales]
        workflow = "WW1"

        [[rule]]
        name = "vip"
        when = { account_number = ["ACC-1"], attested = true }
        queue = "vip"
        priority = 9
        skills = ["hardware"]
        agent = "owner"
        greeting = "Hello {name}."

        [[rule]]
        name = "urgent"
        when = { open_case_priority = ["High"], open_cases_at_least = 1 }
        priority = 5

        [[rule]]
        name = "lead"
        when = { kind = "lead" }
        queue = "sales"
        greeting = "Hello {name}, welcome."

        [[rule]]
        name = "stranger"
        when = { kind = "nobody" }
        queue = "voicemail"
    "#;

    fn ada() -> CallerRecord {
        let account = AccountRecord::new(RecordRef::new("001"), "Acme", Some("ACC-1".to_owned()));
        let mut ada = CallerRecord::new(RecordRef::new("003"), "Ada", Some(account));
        ada.owner = Some(RecordRef::new("005"));
        ada
    }

    #[test]
    fn the_first_rule_whose_conditions_all_hold_decides() {
        let rules: Rules = RULES.parse().unwrap();
        let ada_calls = CallerMatch::from(vec![ada()]);
        let route = rules.route(&Profile::new(&ada_calls).attestation(Attestation::Full));
        assert_eq!((route.rule.as_str(), route.priority), ("vip", 9));
        assert_eq!(route.destination, Destination::Sip("sip:vip@example.com".to_owned()));
        assert_eq!(route.agent, Some(RecordRef::new("005")));
        assert_eq!(route.greeting.as_deref(), Some("Hello Ada."));
        assert!(route.skills.contains("hardware"));
        assert_eq!(rules.route(&Profile::new(&ada_calls)).rule, "default", "the number is not vouched for");
    }

    #[test]
    fn open_cases_leads_and_strangers_have_rules_of_their_own() {
        let rules: Rules = RULES.parse().unwrap();
        let mut urgent = ada();
        let mut case = CaseRecord::new(RecordRef::new("500"), "1", "New", "It smokes.", false);
        case.priority = Some("High".into());
        urgent.open_cases.push(case);
        urgent.reasons.push(MatchReason::OpenCase);
        let route = rules.route(&Profile::new(&CallerMatch::from(vec![urgent])));
        assert_eq!((route.rule.as_str(), route.queue.as_str(), route.priority), ("urgent", "agent", 5));
        assert_eq!(route.greeting.as_deref(), Some("Hello."), "what a rule leaves out is the default's");
        let lead = CallerMatch::from(vec![CallerRecord::of_lead(RecordRef::new("00Q"), "Bob\u{7}")]);
        let route = rules.route(&Profile::new(&lead));
        assert_eq!(route.destination, Destination::Workflow("WW1".to_owned()));
        assert_eq!(route.greeting.as_deref(), Some("Hello Bob, welcome."));
        assert_eq!(rules.route(&Profile::new(&CallerMatch::Nobody)).destination, Destination::Voicemail);
    }

    #[test]
    fn a_greeting_by_name_is_not_said_to_one_of_several() {
        let rules: Rules = "[[rule]]\nname = \"r\"\ngreeting = \"Hello {name}.\"".parse().unwrap();
        let mut other = ada();
        other.contact = Some(RecordRef::new("004"));
        let several = CallerMatch::from(vec![ada(), other]);
        assert_eq!(rules.route(&Profile::new(&several)).greeting, None);
    }

    #[test]
    fn rules_that_cannot_hold_are_refused_with_what_to_do() {
        let refused = |text: &str| text.parse::<Rules>().unwrap_err().to_string();
        assert!(refused("[[rule]]\nname = \"a\"\nqueue = \"b\"").contains("add [queues.b]"));
        assert!(refused("[queues.b]").contains("exactly one of"));
        for number in ["0100", "911", "+1", "4155550100", "+1415555010x"] {
            let said = refused(&format!("[queues.b]\nnumber = \"{number}\""));
            assert!(said.contains("with its country"), "{said}");
        }
        assert!("[queues.b]\nnumber = \"+1 415 555 0100\"".parse::<Rules>().is_ok());
        assert!(refused("[queues.b]\nsip = \"b@example.com\"").contains("sip:name@host"));
        assert!(refused("[queues.b]\nworkflow = \" \"").contains("is empty"));
        assert!(refused("[[rule]]\nname = \"a\"\ncolour = 1").contains("colour"));
        assert!(refused("[[rule]]\nname = \"a\"\nwhen = { colour = 1 }").contains("colour"));
        assert!(refused("= 1").contains("cannot be read"));
    }
}
