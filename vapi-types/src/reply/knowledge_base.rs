//! The answer to `knowledge-base-request`.

use crate::wire::settings;

settings! {
    /// Documents that belong to the conversation.
    pub struct KnowledgeBaseReply {
        /// The documents, best first.
        pub documents: Vec<Document> = shown "documents",
    }
}

impl KnowledgeBaseReply {
    /// The body of the response.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::body(self)
    }
}

settings! {
    /// One document.
    pub struct Document {
        /// Its text.
        pub content: String = hidden "content",
        /// How well it fits, 0 to 1.
        pub similarity: f64 = shown "similarity",
        /// Identifier.
        pub uuid: String = shown "uuid",
    }
}

impl Document {
    /// A document that fits as well as `similarity` says, 0 to 1.
    pub fn of(content: impl Into<String>, similarity: f64) -> Self {
        Self::default().content(content).similarity(similarity)
    }
}
