//! The operators of filters: what [`StoreInfo::filter_operators`](super::StoreInfo::filter_operators) is or'ed of.
use freshet_sys::*;

macro_rules! operators {
    ($($name:ident = $number:ident,)+) => {
        $(#[doc = concat!("`", stringify!($number), "`")] pub const $name: u32 = $number as u32;)+
    };
}

operators! {
    AND = FRESHET_FILTER_AND,
    OR = FRESHET_FILTER_OR,
    NOT = FRESHET_FILTER_NOT,
    EQ = FRESHET_FILTER_EQ,
    NE = FRESHET_FILTER_NE,
    GT = FRESHET_FILTER_GT,
    GTE = FRESHET_FILTER_GTE,
    LT = FRESHET_FILTER_LT,
    LTE = FRESHET_FILTER_LTE,
    IN = FRESHET_FILTER_IN,
    NIN = FRESHET_FILTER_NIN,
    CONTAINS = FRESHET_FILTER_CONTAINS,
    ICONTAINS = FRESHET_FILTER_ICONTAINS,
    IEQ = FRESHET_FILTER_IEQ,
    STARTS_WITH = FRESHET_FILTER_STARTS_WITH,
    ENDS_WITH = FRESHET_FILTER_ENDS_WITH,
    LIKE = FRESHET_FILTER_LIKE,
    HAS = FRESHET_FILTER_HAS,
}
