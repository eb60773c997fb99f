#include "twin/seed.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/document.h"
#include "twin/limits.h"
#include "twin/resource_types.h"

namespace setpoint::twin {

namespace {

using base::Json;
using base::Node;

struct Reader {
  const base::SourceText& source;
  base::Diagnostics& diagnostics;
  std::vector<std::pair<StateKey, Json>> documents;
  std::string first_account;

  void error(base::Position at, std::string what, std::string hint = {}) {
    if (diagnostics.error_count() < kSeedErrorsMax)
      diagnostics.error("twin-seed", source.name, at, std::move(what), std::move(hint));
  }
};

bool is_account_id(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_region(std::string_view text) {
  return text == "global" || (std::count(text.begin(), text.end(), '-') >= 2 && text.size() <= 25 &&
                              std::all_of(text.begin(), text.end(), [](char c) {
                                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                              }));
}

void read_type(Reader& reader, const std::string& account, const std::string& region, const Node::Entry& entry) {
  const ResourceType* type = find_resource_type(entry.key);
  if (!type) {
    std::vector<std::string_view> names;
    for (const ResourceType& known : resource_types()) names.push_back(known.type);
    return reader.error(entry.key_at, fmt::format("the twin does not model '{}'", entry.key),
                        base::did_you_mean(entry.key, names));
  }
  if (type->global != (region == "global")) {
    return reader.error(entry.key_at,
                        fmt::format("{} belongs {}", entry.key, type->global ? "under 'global'" : "under a region"));
  }
  if (!entry.value.is_list())
    return reader.error(entry.value.at, fmt::format("{} takes a list of resources", entry.key));
  for (const Node& item : entry.value.items) {
    auto document = document_from_api(account, region, entry.key, item.json());
    if (!document)
      reader.error(item.at, document.error().message, document.error().hint);
    else
      reader.documents.push_back(std::move(*document));
  }
}

void read_account(Reader& reader, const Node::Entry& account) {
  if (!is_account_id(account.key)) {
    return reader.error(account.key_at, fmt::format("'{}' is no account id", account.key),
                        "an account id is twelve digits, in quotes");
  }
  if (reader.first_account.empty()) reader.first_account = account.key;
  Json named = {{"Id", account.key},
                {"Name", account.key},
                {"Arn", fmt::format("arn:aws:organizations::{0}:account/o-twin/{0}", account.key)}};
  if (auto document = document_from_api(account.key, "global", "AWS::Account", named))
    reader.documents.push_back(*document);
  if (!account.value.is_map()) return reader.error(account.value.at, "an account is a map of regions");
  for (const Node::Entry& region : account.value.entries) {
    if (!is_region(region.key)) {
      reader.error(region.key_at, fmt::format("'{}' is no region", region.key),
                   "write 'global' or a region such as eu-west-1");
    } else if (!region.value.is_map()) {
      reader.error(region.value.at, "a region is a map of resource types");
    } else {
      for (const Node::Entry& type : region.value.entries) read_type(reader, account.key, region.key, type);
    }
  }
}

void read_authored(Reader& reader) {
  std::optional<Node> root = base::parse_yaml(reader.source, reader.diagnostics);
  if (!root) return;
  const Node* accounts = root->find("accounts");
  if (!accounts || !accounts->is_map()) {
    return reader.error(root->at, "a seed is a map with 'accounts'", "see docs/twin.md");
  }
  base::MapReader map(*root, reader.source.name, reader.diagnostics);
  map.required("accounts");
  map.finish();
  for (const Node::Entry& account : accounts->entries) read_account(reader, account);
}

}  // namespace

std::optional<Seed> parse_seed(const base::SourceText& source, base::Diagnostics& diagnostics) {
  Reader reader{source, diagnostics, {}, {}};
  if (source.text.size() > kSeedBytesMax)
    reader.error({}, fmt::format("larger than {} bytes", kSeedBytesMax));
  else
    read_authored(reader);
  if (diagnostics.has_errors()) return {};
  Seed seed;
  seed.default_account = reader.first_account.empty() ? "000000000000" : reader.first_account;
  seed.state.put_all(std::move(reader.documents));
  return seed;
}

}  // namespace setpoint::twin
