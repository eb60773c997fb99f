// The roles that instances carry. Source: EC2 API reference.
#include <algorithm>
#include <functional>

#include "twin/services/ec2.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kInstance = "AWS::EC2::Instance";

Json profile_of(Request& request, const Json& wanted) {
  std::string arn = base::string_member(wanted, "Arn"), name = base::string_member(wanted, "Name");
  if (arn.empty()) arn = request.global_arn("iam", "instance-profile/" + name);
  return {{"Arn", arn}, {"Id", request.state().next_id("AIPA", 17)}};
}

// An association has the id of its instance in it

std::string association_id(const Json& instance) {
  std::string id = base::string_member(instance, "InstanceId");
  return "iip-assoc-" + id.substr(id.find('-') + 1);
}

Json association_of(const Json& instance, const char* state) {
  return {{"AssociationId", association_id(instance)},
          {"InstanceId", instance["InstanceId"]},
          {"IamInstanceProfile", base::member(instance, "IamInstanceProfile")},
          {"State", state}};
}

Answer describe_associations(Request& request) {
  std::vector<Json> found;
  const Json& ids = request.parameter("AssociationIds");
  for (const Json& instance : request.all(kInstance)) {
    bool wanted = ids.empty() || std::find(ids.begin(), ids.end(), Json(association_id(instance))) != ids.end();
    if (wanted && instance.contains("IamInstanceProfile")) found.push_back(association_of(instance, "associated"));
  }
  if (Check wrong =
          keep_matching(found, request.parameter("Filters"), {{"instance-id", "InstanceId"}, {"state", "State"}}))
    return tl::unexpected(*wrong);
  return ec2_page(request, std::move(found), "IamInstanceProfileAssociations", 5);
}

Answer associate_profile(Request& request) {
  Answer instance = ec2_named(request, "InstanceId");
  if (!instance) return instance;
  if (instance->contains("IamInstanceProfile"))
    return error("IncorrectState",
                 fmt::format("There is an existing association for instance {}", request.text("InstanceId")));
  (*instance)["IamInstanceProfile"] = profile_of(request, request.parameter("IamInstanceProfile"));
  request.put(kInstance, request.text("InstanceId"), *instance);
  return Json{{"IamInstanceProfileAssociation", association_of(*instance, "associating")}};
}

Answer change_association(Request& request, const char* state, const std::function<void(Json&)>& change) {
  for (Json& instance : request.all(kInstance)) {
    if (association_id(instance) != request.text("AssociationId") || !instance.contains("IamInstanceProfile")) continue;
    Json before = association_of(instance, state);
    change(instance);
    request.put(kInstance, instance["InstanceId"].get<std::string>(), instance);
    return Json{{"IamInstanceProfileAssociation",
                 instance.contains("IamInstanceProfile") ? association_of(instance, state) : before}};
  }
  return error("NoSuchAssociation",
               fmt::format("An invalid association-id of '{}' was given", request.text("AssociationId")));
}

Answer disassociate_profile(Request& request) {
  return change_association(request, "disassociating", [](Json& instance) { instance.erase("IamInstanceProfile"); });
}
Answer replace_profile(Request& request) {
  return change_association(request, "associating", [&](Json& instance) {
    instance["IamInstanceProfile"] = profile_of(request, request.parameter("IamInstanceProfile"));
  });
}

}  // namespace

std::vector<Operation> ec2_profile_operations() {
  return {
      {"ec2", "DescribeIamInstanceProfileAssociations", Effect::read, describe_associations},
      {"ec2", "AssociateIamInstanceProfile", Effect::write, associate_profile},
      {"ec2", "DisassociateIamInstanceProfile", Effect::write, disassociate_profile},
      {"ec2", "ReplaceIamInstanceProfileAssociation", Effect::write, replace_profile},
  };
}

}  // namespace setpoint::twin::services
