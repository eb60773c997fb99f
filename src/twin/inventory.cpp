#include "twin/inventory.h"

#include <algorithm>

#include "cloud/aws/config_item.h"
#include "twin/api_shapes.h"
#include "twin/resource_types.h"

namespace setpoint::twin {

namespace aws = cloud::aws;
using base::Json;

namespace {

base::Result<std::pair<StateKey, Json>> document_of(const model::Resource& resource) {
  if (resource.knowledge != model::Knowledge::known) {
    return base::fail(base::ErrorCode::invalid_input, "its state is {}", model::to_string(resource.knowledge));
  }
  TRY(Json api, aws::from_configuration_item(resource.item));
  TRY(auto document, document_from_api(resource.key.account, resource.key.region, resource.key.type, std::move(api)));
  // AWS Config does not carry the ids of a group's rules: those that the twin makes up are not the real ones.
  if (resource.key.type == "AWS::EC2::SecurityGroup") document.second["RuleIdsDerived"] = true;
  return document;
}

model::Resource gone(const model::Resource& other) {
  model::Resource out;
  out.key = other.key;
  out.arn = other.arn;
  out.knowledge = model::Knowledge::deleted;
  out.captured_at = other.captured_at;
  out.source = other.source;
  return out;
}

}  // namespace

Loaded load(const std::vector<model::Resource>& resources, std::uint64_t id_seed) {
  Loaded out{State(id_seed), {}};
  std::vector<std::pair<StateKey, Json>> documents;
  documents.reserve(resources.size());
  for (const model::Resource& resource : resources) {
    auto document = document_of(resource);
    if (document)
      documents.push_back(std::move(*document));
    else
      out.left_out.push_back({resource.key, document.error().text()});
  }
  out.state.put_all(std::move(documents));
  return out;
}

model::Resource render(const State& state, const StateKey& key, base::Timestamp captured_at) {
  const Json* document = state.find(key);
  SETPOINT_ASSERT(document);
  model::Resource out = aws::to_configuration_item(key.type, to_api_shape(key, *document),
                                                   {key.account, key.region, captured_at, "twin"});
  // A type that AWS Config does not know keeps the twin's own id (an access key's).
  if (out.key.id.empty()) out.key.id = key.id;
  return out;
}

std::optional<StateKey> find_document(const State& state, const model::ResourceKey& key) {
  const ResourceType* type = find_resource_type(key.type);
  std::string region = type && type->global ? "global" : key.region;
  StateKey direct{key.account, region, key.type, key.id};
  if (state.find(direct)) return direct;
  // Where AWS Config has another id than the API's name: IAM, RDS, queues, secrets.
  std::optional<StateKey> found;
  state.each(key.account, region, key.type, [&](const std::string& id, const Json&) {
    StateKey candidate{key.account, region, key.type, id};
    if (!found && render(state, candidate, {}).key.id == key.id) found = candidate;
  });
  return found;
}

model::Resource render(const State& state, const model::ResourceKey& key, base::Timestamp captured_at) {
  if (std::optional<StateKey> found = find_document(state, key)) return render(state, *found, captured_at);
  model::Resource other;
  other.key = key;
  other.captured_at = captured_at;
  other.source = "twin";
  return gone(other);
}

std::vector<model::ResourceKey> changed_resources(const State& before, const State& after) {
  std::vector<model::ResourceKey> out;
  for (const ResourcePair& pair : rendered_changes(before, after, {})) out.push_back(pair.after.key);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<ResourcePair> rendered_changes(const State& before, const State& after, base::Timestamp captured_at) {
  std::vector<ResourcePair> out;
  for (const StateKey& key : changed(before, after)) {
    if (!find_resource_type(key.type)) continue;
    bool was = before.find(key), is = after.find(key);
    ResourcePair pair;
    if (was) pair.before = render(before, key, captured_at);
    if (is) pair.after = render(after, key, captured_at);
    if (!was) pair.before = gone(pair.after);
    if (!is) pair.after = gone(pair.before);
    out.push_back(std::move(pair));
  }
  return out;
}

std::vector<model::Resource> render_all(const State& state, base::Timestamp captured_at) {
  std::vector<model::Resource> out;
  state.each([&](const StateKey& key, const Json&) {
    if (find_resource_type(key.type)) out.push_back(render(state, key, captured_at));
  });
  return out;
}

}  // namespace setpoint::twin
