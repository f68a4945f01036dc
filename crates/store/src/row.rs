//! Rows and their columns.

use crate::StoreError;
use sea_orm::QueryResult;
use turnpike_base::{Bytes, Money, ProductType, Timestamp};

/// One row of an answer.
#[derive(Debug)]
pub struct Row(pub(crate) QueryResult);

impl Row {
    /// The column with this name.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, StoreError> {
        T::read(&self.0, name)
    }

    /// The column with this name, `None` where it is NULL.
    pub fn opt<T: Column>(&self, name: &str) -> Result<Option<T>, StoreError> {
        T::read_opt(&self.0, name)
    }
}

/// Something that can be read from a column.
pub trait Column: Sized {
    /// Reads it.
    fn read(row: &QueryResult, name: &str) -> Result<Self, StoreError> {
        Self::read_opt(row, name)?
            .ok_or_else(|| StoreError::Broken(sea_orm::DbErr::Type(format!("column {name} is NULL"))))
    }
    /// Reads it where it may be NULL.
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError>;
}

impl Column for i64 {
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
        Ok(row.try_get("", name)?)
    }
}
impl Column for bool {
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
        Ok(i64::read_opt(row, name)?.map(|n| n != 0))
    }
}
impl Column for String {
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
        Ok(row.try_get("", name)?)
    }
}
impl Column for Vec<u8> {
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
        Ok(row.try_get("", name)?)
    }
}
impl Column for ProductType {
    fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
        let unknown = |e: turnpike_base::product::UnknownProductType| {
            StoreError::Broken(sea_orm::DbErr::Type(e.to_string()))
        };
        i64::read_opt(row, name)?.map(|n| ProductType::try_from(n).map_err(unknown)).transpose()
    }
}

macro_rules! numbers {
    ($($t:ident),*) => {$(
        impl Column for $t {
            fn read_opt(row: &QueryResult, name: &str) -> Result<Option<Self>, StoreError> {
                Ok(i64::read_opt(row, name)?.map($t))
            }
        }
    )*};
}

use turnpike_base::{
    AccountId, AllowlistId, CustomerId, ExitId, LeaseId, LoginId, OperatorId, OrderId, PackageId, ProductId,
    SiteId, StaticId,
};
numbers!(
    Bytes,
    Money,
    Timestamp,
    AccountId,
    AllowlistId,
    CustomerId,
    ExitId,
    LeaseId,
    LoginId,
    OperatorId,
    OrderId,
    PackageId,
    ProductId,
    SiteId,
    StaticId
);
