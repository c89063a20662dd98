//! Ports for servers that are killed and started again.

use std::{
    io::{Error, ErrorKind},
    net::{Ipv4Addr, TcpListener},
    ops::Range,
};

/// Below those that a kernel gives to connections (from 32768 on with Linux, from 49152 on elsewhere): one of them could
/// take the port of a server that is not there for a moment.
const PORTS: Range<u16> = 20_000..32_000;

/// A port on loopback that is free now.
pub(crate) fn restart_port() -> Result<u16, Error> {
    let mut drawn = (0..100).map(|_| fastrand::u16(PORTS));
    drawn
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| Error::new(ErrorKind::AddrInUse, "no port is free on loopback"))
}
