//! Where webhooks may go: listed hosts at public addresses only, checked again when the name is resolved.
//!
//! Guards against being used to reach inside (SSRF): the address that was checked is the address that is
//! connected to, so a name that changes its mind in between gains nothing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// What a webhook may reach.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// Host names, `*.` in front for everything below. Empty: nothing.
    pub hosts: Vec<String>,
    /// Private networks that may be reached all the same: the office's own.
    pub networks: Vec<Network>,
    /// This machine itself. For tests and demonstrations only.
    pub loopback: bool,
}

/// A range of addresses, `10.20.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// Why a place is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// Not a URL.
    #[error("`{0}` is not a URL")]
    NotUrl(String),
    /// Only `https`, and `http` to this machine or the office's own networks.
    #[error("`{0}` is not allowed: webhooks go to https")]
    Scheme(String),
    /// Names and passwords in URLs deceive readers and end in logs.
    #[error("a user name or password in the URL is not allowed")]
    UserInfo,
    /// The security administrator has not listed it.
    #[error("the host `{0}` is not on the list of hosts that may be called")]
    Host(String),
    /// It leads inside.
    #[error("the address {0} is not a public one")]
    Address(IpAddr),
    /// It leads nowhere.
    #[error("the host `{0}` has no address")]
    NoAddress(String),
}

impl Network {
    /// Reads `10.20.0.0/16`, `fd00::/8` or a single address.
    pub fn read(text: &str) -> Option<Network> {
        let (base, bits) = text.split_once('/').unwrap_or((text, ""));
        let base: IpAddr = base.parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = if bits.is_empty() { most } else { bits.parse().ok()? };
        (bits <= most).then_some(Network { base, bits })
    }

    /// Whether the address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(one)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                base.to_bits() & mask == one.to_bits() & mask
            }
            (IpAddr::V6(base), IpAddr::V6(one)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                base.to_bits() & mask == one.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

/// Addresses that hand out a machine's own credentials. Never, whatever is configured.
const METADATA: &[&str] =
    &["169.254.169.254/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128"];

/// Everything that is not the public internet (IANA's special-purpose registries, and transition schemes
/// that wrap another address).
const INSIDE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

fn in_any(list: &[&str], address: IpAddr) -> bool {
    list.iter().filter_map(|text| Network::read(text)).any(|network| network.contains(address))
}

/// The IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`, `64:ff9b::7f00:1`), else the address itself.
fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let nat64 = |six: Ipv6Addr| {
        let inside = six.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
        inside.then(|| Ipv4Addr::from_bits((six.to_bits() & u128::from(u32::MAX)) as u32))
    };
    six.to_ipv4_mapped().or_else(|| nat64(six)).map_or(address, IpAddr::V4)
}

impl Allowed {
    /// Whether an address may be connected to.
    ///
    /// # Errors
    /// It leads inside, and neither `loopback` nor `networks` says that it may.
    pub fn address(&self, address: IpAddr) -> Result<(), Forbidden> {
        let real = unwrapped(address);
        let own = (self.loopback && real.is_loopback()) || self.networks.iter().any(|n| n.contains(real));
        let refused = in_any(METADATA, real) || (in_any(INSIDE, real) && !own);
        if refused { Err(Forbidden::Address(address)) } else { Ok(()) }
    }

    /// Whether a URL may be called, as far as it can be told before the name is resolved. Addresses are
    /// judged here, names again when they are resolved.
    ///
    /// # Errors
    /// [`Forbidden`].
    pub fn url(&self, text: &str) -> Result<Url, Forbidden> {
        let url = Url::parse(text).map_err(|_| Forbidden::NotUrl(text.to_owned()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Forbidden::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::UserInfo);
        }
        let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        if let Some(address) = literal {
            self.address(address)?;
        }
        let own = literal.is_some_and(|ip| self.loopback && unwrapped(ip).is_loopback());
        if !own && !self.hosts.iter().any(|rule| covers(rule, &host)) {
            return Err(Forbidden::Host(host));
        }
        let in_own_network =
            literal.is_some_and(|ip| self.networks.iter().any(|n| n.contains(unwrapped(ip))));
        if url.scheme() == "http" && !own && !in_own_network {
            return Err(Forbidden::Scheme("http".to_owned()));
        }
        Ok(url)
    }

    /// The addresses of a name, if every one of them may be connected to.
    ///
    /// # Errors
    /// There is none, or one of them leads inside: then the others are not trusted either.
    pub fn addresses(&self, host: &str, found: &[IpAddr]) -> Result<(), Forbidden> {
        if found.is_empty() {
            return Err(Forbidden::NoAddress(host.to_owned()));
        }
        found.iter().try_for_each(|address| self.address(*address))
    }
}

/// Whether a rule of the list covers a host: the same name, or `*.` and the end of it.
fn covers(rule: &str, host: &str) -> bool {
    let rule = rule.trim().trim_end_matches('.').to_ascii_lowercase();
    match rule.strip_prefix("*.") {
        Some(end) => host.strip_suffix(end).is_some_and(|front| front.len() > 1 && front.ends_with('.')),
        None => rule == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &Allowed, table: &str) {
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (url, wanted) = line.split_once(" => ").unwrap();
            let found = match allowed.url(url.trim()) {
                Ok(_) => "ok".to_owned(),
                Err(Forbidden::NotUrl(_)) => "not a url".to_owned(),
                Err(Forbidden::Scheme(_)) => "scheme".to_owned(),
                Err(Forbidden::UserInfo) => "userinfo".to_owned(),
                Err(Forbidden::Host(_)) => "host".to_owned(),
                Err(Forbidden::Address(ip)) => format!("address {ip}"),
                Err(Forbidden::NoAddress(_)) => "no address".to_owned(),
            };
            assert_eq!(found, wanted.trim(), "{line}");
        }
    }

    #[test]
    fn only_listed_public_hosts_over_https_are_called() {
        let hosts =
            ["bank.example.cn", "*.gov.example", "127.0.0.1", "169.254.169.254", "8.8.8.8", "localhost"];
        let allowed = Allowed { hosts: hosts.map(str::to_owned).to_vec(), ..Allowed::default() };
        check(
            &allowed,
            "https://bank.example.cn/hooks              => ok
             https://BANK.example.cn./hooks             => ok
             https://8.8.8.8/                           => ok
             https://a.gov.example/                     => ok
             https://gov.example/                       => host
             https://evilgov.example/                   => host
             https://bank.example.cn.evil.example/      => host
             http://bank.example.cn/hooks               => scheme
             file:///etc/passwd                         => scheme
             gopher://bank.example.cn/                  => scheme
             https://user:pw@bank.example.cn/           => userinfo
             https://bank.example.cn@evil.example/      => userinfo
             https://127.1/                             => address 127.0.0.1
             https://2130706433/                        => address 127.0.0.1
             https://0x7f.0.0.1/                        => address 127.0.0.1
             https://0177.0.0.1/                        => address 127.0.0.1
             https://[::1]/                             => address ::1
             https://[::ffff:127.0.0.1]/                => address ::ffff:127.0.0.1
             https://[64:ff9b::7f00:1]/                 => address 64:ff9b::7f00:1
             https://[fe80::1]/                         => address fe80::1
             https://[fd00:ec2::254]/                   => address fd00:ec2::254
             https://169.254.169.254/latest/meta-data   => address 169.254.169.254
             https://100.100.100.200/                   => address 100.100.100.200
             https://10.0.0.1/                          => address 10.0.0.1
             https://172.31.255.255/                    => address 172.31.255.255
             https://3232235777/                        => address 192.168.1.1
             https://100.64.0.1/                        => address 100.64.0.1
             https://0.0.0.0/                           => address 0.0.0.0
             https://255.255.255.255/                   => address 255.255.255.255
             https://１２７.0.0.1/                      => address 127.0.0.1
             bank.example.cn/hooks                      => not a url",
        );
    }

    #[test]
    fn the_offices_own_networks_and_this_machine_only_when_configured() {
        let allowed = Allowed {
            hosts: vec!["10.20.3.4".to_owned(), "10.21.0.1".to_owned(), "100.100.100.200".to_owned()],
            networks: vec![Network::read("10.20.0.0/16").unwrap(), Network::read("0.0.0.0/0").unwrap()],
            loopback: true,
        };
        let narrow = Allowed { networks: allowed.networks[..1].to_vec(), ..allowed.clone() };
        check(
            &narrow,
            "http://0xa.20.3.4/ => ok\nhttp://0xa.21.0.1/ => address 10.21.0.1\nhttp://127.0.0.1:9/ => ok",
        );
        check(&allowed, "https://100.100.100.200/ => address 100.100.100.200\nhttp://0xa.21.0.1/ => ok");
    }

    #[test]
    fn a_name_with_one_address_inside_is_not_called_at_all() {
        let (public, inside) = ("93.184.216.34".parse().unwrap(), "127.0.0.1".parse().unwrap());
        let allowed = Allowed::default();
        assert_eq!(allowed.addresses("a", &[public]), Ok(()));
        assert_eq!(allowed.addresses("a", &[public, inside]), Err(Forbidden::Address(inside)));
        assert_eq!(allowed.addresses("a", &[]), Err(Forbidden::NoAddress("a".to_owned())));
    }

    #[test]
    fn networks_are_read_with_care() {
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "a/8", "10.0.0.0/-1"] {
            assert_eq!(Network::read(wrong), None, "{wrong}");
        }
        assert_eq!(Network::read("::1").unwrap().to_string(), "::1/128");
    }
}
