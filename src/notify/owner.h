// Who is to be told: a pure function of what is known. The first source that gives an address wins; what was passed
// over, and why, is kept, for the person who asks "why me?" or "why not me?".
//
//   1. a tag of the resource, in the order of `tag_keys` (Owner, owner, Contact, ...)
//   2. who created it, as CloudTrail saw it
//   3. the account's contact
//
// A value counts where it is an address ("ada@example.org", "Ada <ada@example.org>", "mailto:..."), or a name that the
// directory knows ("team-red"). Of a CloudTrail identity the role session's name or the user's name is looked at.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace setpoint::notify {

struct OwnerFacts {
  std::map<std::string, std::string> tags;
  std::vector<std::string> tag_keys = {"Owner", "owner", "Contact", "contact"};
  std::string creator;  // arn:aws:sts::111122223333:assumed-role/Admin/ada@example.org, or a name; "" = not known
  std::string account_contact;                        // "" = none
  std::map<std::string, std::string> directory = {};  // name -> address
};

struct Owner {
  std::string address;  // "" = nobody
  std::string because;  // "tag Owner", "created it, says CloudTrail", "contact of the account", "nobody is known"
  std::vector<std::string> skipped;  // "tag Owner: 'team-red' is no address and not in the directory"
  bool known() const { return !address.empty(); }
};

Owner resolve_owner(const OwnerFacts& facts);

// One plain mailbox, "ada@example.org", or "". Display names, mailto: and angle brackets are taken off; lists, control
// characters, spaces and what is not ASCII are not addresses.
std::string mailbox_of(std::string_view text);

}  // namespace setpoint::notify
