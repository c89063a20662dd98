//! temp
#[derive(Debug)]
pub struct SalesforceCrm;
