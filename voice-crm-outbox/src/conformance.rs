//! Suites that hold a journal, a store or a sink of your own to its contract.
