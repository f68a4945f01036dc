//! Prices, by the contract's formulas. Pure: figures in, figures out.

pub mod rules;
#[cfg(test)]
mod tests;
