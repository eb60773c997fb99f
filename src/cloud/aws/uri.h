// Percent-encoding as AWS signs it (RFC 3986 unreserved characters stay, everything else is %XX in capitals).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace setpoint::cloud::aws {

// Letters, digits, '-', '.', '_', '~' and the characters of `also_safe` stay.
std::string percent_encode(std::string_view text, std::string_view also_safe = {});
// application/x-www-form-urlencoded: as above, with '+' for a space.
void append_form_encoded(std::string& out, std::string_view text);
// A '%' that begins no escape stays as it is.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;
// Decoded pairs in order; a name without '=' has an empty value.
QueryParameters parse_query(std::string_view query, bool plus_is_space = true);

// The host without ":port", brackets of IPv6 kept.
std::string_view host_name(std::string_view host);
bool is_ip_address(std::string_view host_name);
std::string lower(std::string_view text);
// One after the other, in one allocation.
std::string joined(std::initializer_list<std::string_view> pieces);

}  // namespace setpoint::cloud::aws
