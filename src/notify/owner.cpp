#include "notify/owner.h"

#include <fmt/format.h>
#include <algorithm>

#include "notify/limits.h"

namespace setpoint::notify {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_local_char(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").find(static_cast<char>(c)) != std::string_view::npos;
}
bool is_domain_char(unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }

bool is_mailbox(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.size() > kAddressBytesMax) return false;
  std::string_view local = text.substr(0, at);
  std::string_view domain = text.substr(at + 1);
  bool ends =
      !local.empty() && !domain.empty() && domain.front() != '.' && domain.back() != '.' && domain.front() != '-';
  return ends && local.size() <= 64 && std::all_of(local.begin(), local.end(), is_local_char) &&
         std::all_of(domain.begin(), domain.end(), is_domain_char);
}

// The last part of an ARN's resource, which is the session's or the user's name.
std::string_view name_of_identity(std::string_view identity) {
  std::size_t slash = identity.rfind('/');
  return slash == std::string_view::npos ? identity : identity.substr(slash + 1);
}

class Resolver {
 public:
  explicit Resolver(const OwnerFacts& facts) : facts_(facts) {}

  Owner resolve() {
    bool found =
        from_tags() ||
        take(std::string(name_of_identity(facts_.creator)), "created it, says CloudTrail", "CloudTrail's creator") ||
        take(facts_.account_contact, "contact of the account", "contact of the account");
    if (!found) owner_.because = "nobody is known";
    return owner_;
  }

 private:
  bool from_tags() {
    return std::any_of(facts_.tag_keys.begin(), facts_.tag_keys.end(), [&](const std::string& key) {
      auto tag = facts_.tags.find(key);
      return tag != facts_.tags.end() && take(tag->second, "tag " + key, "tag " + key);
    });
  }

  bool take(const std::string& value, const std::string& because, const std::string& source) {
    if (trimmed(value).empty()) return false;
    owner_.address = mailbox_of(value);
    auto entry = facts_.directory.find(std::string(trimmed(value)));
    if (owner_.address.empty() && entry != facts_.directory.end()) owner_.address = mailbox_of(entry->second);
    if (owner_.address.empty()) {
      owner_.skipped.push_back(
          fmt::format("{}: '{}' is no address and not in the directory", source, value.substr(0, 100)));
      return false;
    }
    owner_.because = because;
    return true;
  }

  const OwnerFacts& facts_;
  Owner owner_;
};

}  // namespace

std::string mailbox_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("mailto:")) text.remove_prefix(7);
  std::size_t open = text.rfind('<');
  if (open != std::string_view::npos && text.ends_with(">")) text = text.substr(open + 1, text.size() - open - 2);
  return is_mailbox(text) ? std::string(text) : std::string();
}

Owner resolve_owner(const OwnerFacts& facts) { return Resolver(facts).resolve(); }

}  // namespace setpoint::notify
