//! The client over real HTTP on loopback: what leaves, what comes back, what is told.

#[cfg(test)]
mod answers;
mod auxiliary;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod safety;
#[cfg(test)]
mod trouble;
