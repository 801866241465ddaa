//! Where a request comes from: the network address, or what a proxy that is trusted says it was.
//!
//! Owns whom to believe. An address says nothing of who somebody is: it only groups those who have no token yet.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

/// Where a proxy notes whom it speaks for, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Hops looked at; beyond it the outermost of them counts.
const HOPS_MAX: usize = 16;

/// Load balancers and proxies whose word is taken for where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Proxies in these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Where a request comes from; `None` when the connection has no address.
    pub(super) fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        let said = request.headers().get_all(FORWARDED_FOR);
        let said = said.filter_map(|value| value.to_str().ok());
        Some(self.outermost(peer, said.collect::<Vec<_>>().join(",").as_str()))
    }

    /// From the connection outwards: the first address that is no trusted proxy's. What lies beyond it anybody may have written.
    fn outermost(&self, peer: IpAddr, said: &str) -> IpAddr {
        let mut address = peer.to_canonical();
        for hop in said.rsplit(',').take(HOPS_MAX) {
            if !self.trusts(address) {
                break;
            }
            match parse(hop.trim()) {
                Some(before) => address = before.to_canonical(),
                None => break,
            }
        }
        address
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address, with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse()
        .ok()
        .or_else(|| Some(hop.parse::<std::net::SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_as_far_as_it_goes() {
        let networks = ["10.0.0.0/8", "2001:db8::/32"];
        let networks = networks.map(|network| network.parse().expect("a network"));
        let proxies = Proxies::new(networks.to_vec());
        let check = |peer: &str, said: &str, expected: &str| {
            let peer = peer.parse().expect("an address");
            let expected: IpAddr = expected.parse().expect("an address");
            assert_eq!(proxies.outermost(peer, said), expected, "{peer} {said:?}");
        };
        check("192.0.2.1", "", "192.0.2.1");
        check("192.0.2.1", "198.51.100.7", "192.0.2.1");
        check("10.0.0.1", "", "10.0.0.1");
        check("10.0.0.1", "198.51.100.7", "198.51.100.7");
        check("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7");
        check("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7");
        check(
            "10.0.0.1",
            "203.0.113.9, 198.51.100.7, 10.0.0.2",
            "198.51.100.7",
        );
        check("2001:db8::1", "198.51.100.7:4711", "198.51.100.7");
        check("10.0.0.1", "unknown", "10.0.0.1");
        check("10.0.0.1", "198.51.100.7, <script>", "10.0.0.1");
    }
}
