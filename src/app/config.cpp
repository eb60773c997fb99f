#include "app/config.h"

#include <filesystem>

#include "base/document.h"
#include "base/file.h"

namespace setpoint::app {

using base::Diagnostics;
using base::MapReader;
using base::Node;

namespace {

std::string absolute(const std::string& path, const std::string& folder) {
  std::filesystem::path p(path);
  return p.is_absolute() || folder.empty() ? path : (std::filesystem::path(folder) / p).lexically_normal().string();
}

class Reader {
 public:
  Reader(std::string file, std::string folder, Diagnostics& diagnostics)
      : file_(std::move(file)), folder_(std::move(folder)), diagnostics_(diagnostics) {}

  Config read(const Node& root) {
    MapReader map(root, file_, diagnostics_);
    Config config;
    config.home = absolute(map.optional_string("home"), folder_);
    for (const std::string& path : map.optional_strings("content")) config.content.push_back(absolute(path, folder_));
    if (const Node* accounts = map.optional("accounts")) read_accounts(*accounts, config);
    if (const Node* notify = map.optional("notify")) read_notify(*notify, config);
    if (const Node* oversight = map.optional("oversight")) read_oversight(*oversight, config);
    if (const Node* aws = map.optional("aws")) read_aws(*aws, config);
    if (const Node* serve = map.optional("serve")) read_serve(*serve, config);
    if (const Node* runbook = map.optional("runbook")) read_runbook(*runbook, config);
    if (const Node* units = map.optional("units")) read_units(*units, config);
    if (const Node* profiles = map.optional("profiles")) config.profiles = *profiles;
    if (const Node* exceptions = map.optional("exceptions")) config.exceptions = *exceptions;
    config.file = file_;
    map.finish();
    return config;
  }

 private:
  void read_accounts(const Node& list, Config& config) {
    if (!list.is_list()) return diagnostics_.error("wrong-kind", file_, list.at, "'accounts' must be a list");
    for (const Node& item : list.items) config.accounts.push_back(read_account(item));
  }

  void read_units(const Node& node, Config& config) {
    if (!node.is_map()) return diagnostics_.error("wrong-kind", file_, node.at, "'units' must be a map of accounts");
    MapReader map(node, file_, diagnostics_);
    for (const Node::Entry& unit : node.entries) {
      for (const std::string& account : map.optional_strings(unit.key))
        config.units_of_account[account].push_back(unit.key);
    }
  }

  AccountConfig read_account(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    AccountConfig out;
    out.account = map.required_string("account");
    bool twelve_digits = out.account.size() == 12 && out.account.find_first_not_of("0123456789") == std::string::npos;
    if (!out.account.empty() && !twelve_digits)
      map.error("account", "'account' must have 12 digits", "quote it if it begins with 0");
    out.regions = map.optional_strings("regions");
    if (out.regions.empty()) map.error("regions", "'regions' must name at least one region");
    out.endpoint = map.optional_string("endpoint");
    out.profile = map.optional_string("profile");
    out.role_arn = map.optional_string("role_arn");
    out.external_id = map.optional_string("external_id");
    out.contact = map.optional_string("contact");
    map.finish();
    return out;
  }

  void read_notify(const Node& node, Config& config) {
    MapReader map(node, file_, diagnostics_);
    if (auto tags = map.optional_strings("owner_tags"); !tags.empty()) config.owner_tags = tags;
    if (const Node* channels = map.optional("channels")) {
      for (const Node::Entry& entry : channels->entries) config.channels[entry.key] = read_channel(entry.value);
    }
    config.default_channel = map.optional_string("default_channel");
    if (!config.default_channel.empty() && !config.channels.contains(config.default_channel)) {
      map.error("default_channel", fmt::format("there is no channel '{}'", config.default_channel));
    }
    map.finish();
  }

  ChannelConfig read_channel(const Node& node) {
    MapReader map(node, file_, diagnostics_);
    ChannelConfig out;
    out.webhook = map.optional_string("webhook");
    out.smtp = map.optional_string("smtp");
    out.from = map.optional_string("from");
    out.username_env = map.optional_string("username_env");
    out.password_env = map.optional_string("password_env");
    out.secret_env = map.optional_string("secret_env");
    out.security_hub = map.optional_bool("security_hub").value_or(false);
    int kinds = (out.webhook.empty() ? 0 : 1) + (out.smtp.empty() ? 0 : 1) + (out.security_hub ? 1 : 0);
    if (kinds != 1)
      diagnostics_.error("wrong-kind", file_, node.at,
                         "a channel has one of 'webhook', 'smtp' and 'security_hub: true'");
    if (!out.smtp.empty() && out.from.empty())
      diagnostics_.error("missing-field", file_, node.at, "a mail channel needs 'from'");
    map.finish();
    return out;
  }

  void read_oversight(const Node& node, Config& config) {
    MapReader map(node, file_, diagnostics_);
    read_duration(map, "approval_valid", config.approval_valid);
    if (auto count = map.optional_integer("approvals_required")) config.approvals_required = *count;
    if (config.approvals_required < 1) map.error("approvals_required", "'approvals_required' must be at least 1");
    map.finish();
  }

  void read_aws(const Node& node, Config& config) {
    MapReader map(node, file_, diagnostics_);
    for (const std::string& path : map.optional_strings("models")) config.aws_models.push_back(absolute(path, folder_));
    map.finish();
  }

  void read_runbook(const Node& node, Config& config) {
    MapReader map(node, file_, diagnostics_);
    std::string sandbox = map.optional_string("sandbox", "on");
    if (sandbox != "on" && sandbox != "off") map.error("sandbox", "'sandbox' is neither on nor off", "");
    config.sandbox_scripts = sandbox != "off";
    map.finish();
  }

  void read_serve(const Node& node, Config& config) {
    MapReader map(node, file_, diagnostics_);
    config.listen = map.optional_string("listen", config.listen);
    read_duration(map, "poll", config.poll);
    map.finish();
  }

  void read_duration(MapReader& map, const char* key, base::Milliseconds& out) {
    std::string text = map.optional_string(key);
    if (text.empty()) return;
    if (auto parsed = base::parse_duration(text)) {
      out = *parsed;
    } else {
      map.error(key, fmt::format("'{}' is not a duration", text), "write 90s, 15m, 8h or 90d");
    }
  }

  std::string file_;
  std::string folder_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Config> parse_config(const base::SourceText& source, const std::string& folder,
                                   Diagnostics& diagnostics) {
  std::size_t errors_before = diagnostics.error_count();
  std::optional<Node> root = base::parse_yaml(source, diagnostics);
  if (!root) return std::nullopt;
  Config config = Reader(source.name, folder, diagnostics).read(*root);
  return diagnostics.error_count() == errors_before ? std::optional(std::move(config)) : std::nullopt;
}

std::optional<Config> load_config(const std::string& path, Diagnostics& diagnostics) {
  if (path.empty()) return Config{};
  auto text = base::read_file(path, base::kYamlBytesMax);
  if (!text) {
    diagnostics.error("config-unreadable", path, {}, text.error().message);
    return std::nullopt;
  }
  return parse_config({path, *text}, std::filesystem::path(path).parent_path().string(), diagnostics);
}

}  // namespace setpoint::app
