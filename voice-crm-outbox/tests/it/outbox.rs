//! What the outbox does with its sinks.
