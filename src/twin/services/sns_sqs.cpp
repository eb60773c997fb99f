// SNS topics and SQS queues: attributes, policies, subscriptions, messages. Source: SNS and SQS API references.
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "twin/services/arns.h"
#include "twin/services/permissions.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kTopic = "AWS::SNS::Topic";
constexpr const char* kSubscription = "AWS::SNS::Subscription";
constexpr const char* kQueue = "AWS::SQS::Queue";
constexpr const char* kMessage = "AWS::SQS::Message";

// --- SNS

AwsError no_topic() { return {"NotFound", "Topic does not exist", 404, Json::object()}; }

Answer topic_of(Request& request) {
  const Json* found = request.find(kTopic, request.text("TopicArn"));
  if (!found) return tl::unexpected(no_topic());
  return *found;
}

Json default_topic_policy(const Request& request, const std::string& arn) {
  return {{"Version", "2008-10-17"},
          {"Id", "__default_policy_ID"},
          {"Statement",
           Json::array({{{"Sid", "__default_statement_ID"},
                         {"Effect", "Allow"},
                         {"Principal", {{"AWS", "*"}}},
                         {"Action", Json::array({"SNS:GetTopicAttributes", "SNS:SetTopicAttributes",
                                                 "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic",
                                                 "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"})},
                         {"Resource", arn},
                         {"Condition", {{"StringEquals", {{"AWS:SourceOwner", request.account()}}}}}}})}};
}

Answer create_topic(Request& request) {
  std::string name = request.text("Name"), arn = request.arn("sns", name);
  bool fine = !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!fine) return error("InvalidParameter", "Invalid parameter: Topic Name");
  if (!request.find(kTopic, arn)) {
    Json attributes = request.parameter("Attributes").is_object() ? request.parameter("Attributes") : Json::object();
    request.put(kTopic, arn,
                {{"TopicArn", arn}, {"Attributes", attributes}, {"Tags", sorted_tags(request.parameter("Tags"))}});
  }
  return Json{{"TopicArn", arn}};
}

Answer list_topics(Request& request) {
  std::vector<Json> topics;
  request.each(kTopic, [&](const std::string& arn, const Json&) { topics.push_back({{"TopicArn", arn}}); });
  return page(request, std::move(topics), "Topics", {.bad_token_code = "InvalidParameter", .limit_default = 100});
}

std::size_t subscriptions_of(Request& request, const std::string& topic) {
  std::size_t count = 0;
  request.each(kSubscription,
               [&](const std::string&, const Json& entry) { count += entry.value("TopicArn", "") == topic; });
  return count;
}

Answer get_topic_attributes(Request& request) {
  Answer topic = topic_of(request);
  if (!topic) return topic;
  std::string arn = request.text("TopicArn");
  Json out = (*topic)["Attributes"];
  out["TopicArn"] = arn;
  out["Owner"] = request.account();
  out["SubscriptionsConfirmed"] = std::to_string(subscriptions_of(request, arn));
  for (const auto& [name, value] :
       {std::pair<const char*, std::string>{"Policy", base::canonical(default_topic_policy(request, arn))},
        {"DisplayName", ""},
        {"SubscriptionsPending", "0"},
        {"SubscriptionsDeleted", "0"}}) {
    if (!out.contains(name)) out[name] = value;
  }
  return Json{{"Attributes", out}};
}

Check check_policy_text(const std::string& text) {
  auto policy = base::parse_json(text, {30'720, 32});
  if (policy && base::member(*policy, "Statement").is_structured()) return {};
  return AwsError{"InvalidParameter", "Invalid parameter: Policy Error: null", 400, {}};
}

Answer set_topic_attributes(Request& request) {
  Answer topic = topic_of(request);
  if (!topic) return topic;
  static constexpr std::string_view kKnown[] = {"Policy",
                                                "DisplayName",
                                                "DeliveryPolicy",
                                                "KmsMasterKeyId",
                                                "TracingConfig",
                                                "SignatureVersion",
                                                "FifoTopic",
                                                "ContentBasedDeduplication",
                                                "HTTPSuccessFeedbackRoleArn",
                                                "LambdaSuccessFeedbackRoleArn",
                                                "LambdaFailureFeedbackRoleArn",
                                                "SQSSuccessFeedbackRoleArn",
                                                "SQSFailureFeedbackRoleArn",
                                                "HTTPFailureFeedbackRoleArn",
                                                "LambdaSuccessFeedbackSampleRate",
                                                "HTTPSuccessFeedbackSampleRate",
                                                "SQSSuccessFeedbackSampleRate"};
  std::string name = request.text("AttributeName"), value = request.text("AttributeValue");
  if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown))
    return error("InvalidParameter", "Invalid parameter: AttributeName");
  if (name == "Policy") {
    if (Check wrong = check_policy_text(value)) return tl::unexpected(*wrong);
  }
  if (value.empty())
    (*topic)["Attributes"].erase(name);
  else
    (*topic)["Attributes"][name] = value;
  request.put(kTopic, request.text("TopicArn"), *topic);
  return Json::object();
}

// The policy as it stands, and as it becomes by AddPermission or RemovePermission.
Json policy_in(const Json& attributes) {
  auto policy = base::parse_json(base::string_member(attributes, "Policy"));
  return policy ? *policy : Json();
}

constexpr PermissionForm topic_form(const char* arn) { return {"AWSAccountId", "ActionName", "SNS:", arn}; }

Answer change_topic_policy(Request& request, bool add) {
  Answer topic = topic_of(request);
  if (!topic) return topic;
  std::string arn = request.text("TopicArn");
  Json present = policy_in((*topic)["Attributes"]);
  if (present.is_null()) present = default_topic_policy(request, arn);
  Answer policy = add ? policy_with(request, present, topic_form(arn.c_str())) : policy_without(request, present);
  if (!policy) return policy;
  (*topic)["Attributes"]["Policy"] = base::canonical(*policy);
  request.put(kTopic, arn, *topic);
  return Json::object();
}

Answer add_topic_permission(Request& request) { return change_topic_policy(request, true); }
Answer remove_topic_permission(Request& request) { return change_topic_policy(request, false); }

Answer delete_topic(Request& request) {
  request.state().erase(request.key(kTopic, request.text("TopicArn")));
  return Json::object();
}

Answer subscribe(Request& request) {
  Answer topic = topic_of(request);
  if (!topic) return topic;
  static constexpr std::string_view kProtocols[] = {"http", "https",  "email",    "email-json", "sms",
                                                    "sqs",  "lambda", "firehose", "application"};
  std::string protocol = request.text("Protocol");
  if (std::find(std::begin(kProtocols), std::end(kProtocols), protocol) == std::end(kProtocols))
    return error("InvalidParameter",
                 fmt::format("Invalid parameter: Amazon SNS does not support this protocol string: {}", protocol));
  std::string arn = request.text("TopicArn") + ":" + request.state().next_id("", 32);
  request.put(kSubscription, arn,
              {{"SubscriptionArn", arn},
               {"Owner", request.account()},
               {"Protocol", protocol},
               {"Endpoint", request.text("Endpoint")},
               {"TopicArn", request.text("TopicArn")}});
  bool pending =
      (protocol.starts_with("http") || protocol.starts_with("email")) && !request.flag("ReturnSubscriptionArn");
  return Json{{"SubscriptionArn", pending ? "pending confirmation" : arn}};
}

Answer unsubscribe(Request& request) {
  if (request.state().erase(request.key(kSubscription, request.text("SubscriptionArn")))) return Json::object();
  return error("NotFound", "Subscription does not exist", 404);
}

Answer list_subscriptions(Request& request) {
  std::vector<Json> found = request.all(kSubscription);
  if (request.has("TopicArn"))
    std::erase_if(found, [&](const Json& entry) { return entry.value("TopicArn", "") != request.text("TopicArn"); });
  return page(request, std::move(found), "Subscriptions", {.bad_token_code = "InvalidParameter", .limit_default = 100});
}

constexpr TagForm kTopicTags{.resource = "ResourceArn", .missing = "ResourceNotFound", .missing_status = 404};

// --- SQS

std::string queue_url(const Request& request, const std::string& name) {
  return fmt::format("https://sqs.{}.amazonaws.com/{}/{}", request.region(), request.account(), name);
}

std::string queue_name(const Request& request) {
  std::string url = request.text("QueueUrl");
  return url.substr(url.rfind('/') + 1);
}

AwsError no_queue() {
  return {"AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", 400, Json::object()};
}

Answer queue_of(Request& request) {
  const Json* found = request.find(kQueue, queue_name(request));
  if (!found) return tl::unexpected(no_queue());
  return *found;
}

struct QueueAttribute {
  const char* name;
  std::int64_t least = 0;
  std::int64_t most = 0;  // 0 = not a number
};
constexpr QueueAttribute kQueueAttributes[] = {{"DelaySeconds", 0, 900},
                                               {"MaximumMessageSize", 1'024, 262'144},
                                               {"MessageRetentionPeriod", 60, 1'209'600},
                                               {"ReceiveMessageWaitTimeSeconds", 0, 20},
                                               {"VisibilityTimeout", 0, 43'200},
                                               {"KmsDataKeyReusePeriodSeconds", 60, 86'400},
                                               {"Policy"},
                                               {"RedrivePolicy"},
                                               {"RedriveAllowPolicy"},
                                               {"KmsMasterKeyId"},
                                               {"SqsManagedSseEnabled"},
                                               {"FifoQueue"},
                                               {"ContentBasedDeduplication"},
                                               {"DeduplicationScope"},
                                               {"FifoThroughputLimit"}};

Check check_queue_attribute(const std::string& name, const Json& value) {
  auto known = std::find_if(std::begin(kQueueAttributes), std::end(kQueueAttributes),
                            [&](const QueueAttribute& each) { return name == each.name; });
  if (known == std::end(kQueueAttributes))
    return AwsError{"InvalidAttributeName", fmt::format("Unknown Attribute {}.", name), 400, {}};
  if (known->most == 0 || !value.is_string()) return {};
  const std::string& text = value.get_ref<const std::string&>();
  std::int64_t number = -1;
  const char* end = text.data() + text.size();
  bool whole = std::from_chars(text.data(), end, number).ptr == end && !text.empty();
  if (whole && number >= known->least && number <= known->most) return {};
  return AwsError{"InvalidAttributeValue", fmt::format("Invalid value for the parameter {}.", name), 400, {}};
}

Answer create_queue(Request& request) {
  std::string name = request.text("QueueName");
  bool fine = !name.empty() && name.size() <= 80 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!fine)
    return error("InvalidParameterValue",
                 "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  Json attributes = request.parameter("Attributes").is_object() ? request.parameter("Attributes") : Json::object();
  for (const auto& [attribute, value] : attributes.items()) {
    if (Check wrong = check_queue_attribute(attribute, value)) return tl::unexpected(*wrong);
  }
  const Json* old = request.find(kQueue, name);
  if (old && !attributes.empty() && (*old)["Attributes"] != attributes)
    return error("QueueAlreadyExists",
                 fmt::format("A queue already exists with the same name and a different value for attribute {}",
                             attributes.begin().key()));
  if (!old)
    request.put(kQueue, name,
                {{"QueueName", name},
                 {"Attributes", attributes},
                 {"CreatedTimestamp", std::to_string(request.clock().now().ms / 1000)},
                 {"Tags", sorted_tags(request.parameter("tags"))}});
  return Json{{"QueueUrl", queue_url(request, name)}};
}

Answer get_queue_url(Request& request) {
  std::string name = request.text("QueueName");
  if (!request.find(kQueue, name)) return tl::unexpected(no_queue());
  return Json{{"QueueUrl", queue_url(request, name)}};
}

Answer list_queues(Request& request) {
  std::vector<Json> urls;
  request.each(kQueue, [&](const std::string& name, const Json&) {
    if (name.starts_with(request.text("QueueNamePrefix"))) urls.push_back(queue_url(request, name));
  });
  return page(request, std::move(urls), "QueueUrls", {.limit_default = 1000});
}

std::vector<std::pair<std::string, Json>> messages_of(Request& request, const std::string& queue) {
  std::vector<std::pair<std::string, Json>> out;
  request.each(kMessage, [&](const std::string& id, const Json& message) {
    if (id.starts_with(queue + "/")) out.emplace_back(id, message);
  });
  return out;
}

Json all_queue_attributes(Request& request, const std::string& name, const Json& queue) {
  Json out = {{"VisibilityTimeout", "30"},
              {"MaximumMessageSize", "262144"},
              {"MessageRetentionPeriod", "345600"},
              {"DelaySeconds", "0"},
              {"ReceiveMessageWaitTimeSeconds", "0"},
              {"SqsManagedSseEnabled", "true"},
              {"ApproximateNumberOfMessagesNotVisible", "0"},
              {"ApproximateNumberOfMessagesDelayed", "0"}};
  out.update(base::member(queue, "Attributes"));
  if (out.contains("KmsMasterKeyId")) out["SqsManagedSseEnabled"] = "false";
  out["QueueArn"] = request.arn("sqs", name);
  out["ApproximateNumberOfMessages"] = std::to_string(messages_of(request, name).size());
  out["CreatedTimestamp"] = queue.value("CreatedTimestamp", "1704067200");
  return out;
}

Answer get_queue_attributes(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  Json all = all_queue_attributes(request, queue_name(request), *queue), out = Json::object();
  for (const Json& name : request.parameter("AttributeNames")) {
    if (name == Json("All")) return Json{{"Attributes", all}};
    const Json& value = base::member(all, name.get<std::string>());
    if (!value.is_null()) out[name.get<std::string>()] = value;
  }
  return Json{{"Attributes", out}};
}

Answer set_queue_attributes(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  for (const auto& [name, value] : request.parameter("Attributes").items()) {
    if (Check wrong = check_queue_attribute(name, value)) return tl::unexpected(*wrong);
    bool policy = name == "Policy" && value.is_string() && !value.get_ref<const std::string&>().empty();
    if (policy && check_policy_text(value.get<std::string>()))
      return error("InvalidAttributeValue", "Invalid value for the parameter Policy.");
    if (value == Json(""))
      (*queue)["Attributes"].erase(name);
    else
      (*queue)["Attributes"][name] = value;
  }
  request.put(kQueue, queue_name(request), *queue);
  return Json::object();
}

// A queue without a statement has no policy.
Answer change_queue_policy(Request& request, bool add) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  std::string arn = request.arn("sqs", queue_name(request));
  Json present = policy_in((*queue)["Attributes"]);
  Answer policy = add ? policy_with(request, present, {"AWSAccountIds", "Actions", "SQS:", arn.c_str()})
                      : policy_without(request, present);
  if (!policy) return policy;
  if ((*policy)["Statement"].empty())
    (*queue)["Attributes"].erase("Policy");
  else
    (*queue)["Attributes"]["Policy"] = base::canonical(*policy);
  request.put(kQueue, queue_name(request), *queue);
  return Json::object();
}

Answer add_queue_permission(Request& request) { return change_queue_policy(request, true); }
Answer remove_queue_permission(Request& request) { return change_queue_policy(request, false); }

Answer delete_queue(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  for (const auto& [id, message] : messages_of(request, queue_name(request)))
    request.state().erase(request.key(kMessage, id));
  request.state().erase(request.key(kQueue, queue_name(request)));
  return Json::object();
}

Answer purge_queue(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  for (const auto& [id, message] : messages_of(request, queue_name(request)))
    request.state().erase(request.key(kMessage, id));
  return Json::object();
}

std::string md5_of(const std::string& text) {
  unsigned char md5[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), md5, &size, EVP_md5(), nullptr);
  return base::to_hex(std::string_view(reinterpret_cast<const char*>(md5), size));
}

// Kept in order of sending: the id of the document begins with a counter.
std::string keep_message(Request& request, const std::string& queue, const std::string& body) {
  std::uint64_t order = request.state().id_counter();
  std::string id = request.state().next_id("", 32);
  request.put(kMessage, fmt::format("{}/{:016}-{}", queue, order, id),
              {{"MessageId", id}, {"Body", body}, {"MD5OfBody", md5_of(body)}, {"VisibleAt", 0}});
  return id;
}

Answer send_message(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  std::string body = request.text("MessageBody");
  if (body.empty()) return error("MissingParameter", "The request must contain the parameter MessageBody.");
  return Json{{"MessageId", keep_message(request, queue_name(request), body)}, {"MD5OfMessageBody", md5_of(body)}};
}

Answer receive_message(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  std::int64_t now = request.clock().now().ms, limit = request.integer("MaxNumberOfMessages", 1);
  if (limit < 1 || limit > 10)
    return error("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10, if provided.");
  Json out = Json::array();
  for (auto& [id, message] : messages_of(request, queue_name(request))) {
    if (static_cast<std::int64_t>(out.size()) == limit || message.value("VisibleAt", std::int64_t{0}) > now) continue;
    message["VisibleAt"] = now + request.integer("VisibilityTimeout", 30) * 1000;
    request.put(kMessage, id, message);
    message["ReceiptHandle"] = base::to_base64(id);
    out.push_back(without(message, {"VisibleAt"}));
  }
  return out.empty() ? Json::object() : Json{{"Messages", out}};
}

Answer delete_message(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  auto id = base::from_base64(request.text("ReceiptHandle"));
  if (!id || !id->starts_with(queue_name(request) + "/"))
    return error("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
  request.state().erase(request.key(kMessage, *id));
  return Json::object();
}

Answer tag_queue(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  merge_tags(*queue, request.parameter("Tags"));
  request.put(kQueue, queue_name(request), *queue);
  return Json::object();
}

Answer untag_queue(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  remove_tags(*queue, request.parameter("TagKeys"));
  request.put(kQueue, queue_name(request), *queue);
  return Json::object();
}

Answer list_queue_tags(Request& request) {
  Answer queue = queue_of(request);
  if (!queue) return queue;
  return Json{{"Tags", tags_as_map(base::member(*queue, "Tags"))}};
}

// A message goes to the queues that subscribe in this account and region; other endpoints are beyond the simulated
// cloud.
Answer publish(Request& request) {
  Answer topic = topic_of(request);
  if (!topic) return topic;
  std::string id = request.state().next_id("", 32);
  request.each(kSubscription, [&](const std::string&, const Json& entry) {
    if (entry.value("TopicArn", "") != request.text("TopicArn") || entry.value("Protocol", "") != "sqs") return;
    std::string endpoint = entry.value("Endpoint", ""), queue = endpoint.substr(endpoint.rfind(':') + 1);
    Json envelope = {{"Type", "Notification"},
                     {"MessageId", id},
                     {"TopicArn", request.text("TopicArn")},
                     {"Message", request.text("Message")},
                     {"Timestamp", request.now()}};
    if (request.find(kQueue, queue)) keep_message(request, queue, base::canonical(envelope));
  });
  return Json{{"MessageId", id}};
}

}  // namespace

std::vector<Operation> sns_sqs_operations() {
  return {
      {"sns", "CreateTopic", Effect::write, create_topic},
      {"sns", "AddPermission", Effect::write, add_topic_permission},
      {"sns", "RemovePermission", Effect::write, remove_topic_permission},
      {"sns", "DeleteTopic", Effect::write, delete_topic},
      {"sns", "ListTopics", Effect::read, list_topics},
      {"sns", "GetTopicAttributes", Effect::read, get_topic_attributes},
      {"sns", "SetTopicAttributes", Effect::write, set_topic_attributes},
      {"sns", "Subscribe", Effect::write, subscribe},
      {"sns", "Unsubscribe", Effect::write, unsubscribe},
      {"sns", "ListSubscriptions", Effect::read, list_subscriptions},
      {"sns", "ListSubscriptionsByTopic", Effect::read, list_subscriptions},
      {"sns", "Publish", Effect::write, publish},
      {"sns", "TagResource", Effect::write, tag<kTopicTags>},
      {"sns", "UntagResource", Effect::write, untag<kTopicTags>},
      {"sns", "ListTagsForResource", Effect::read, list_tags<kTopicTags>},
      {"sqs", "CreateQueue", Effect::write, create_queue},
      {"sqs", "AddPermission", Effect::write, add_queue_permission},
      {"sqs", "RemovePermission", Effect::write, remove_queue_permission},
      {"sqs", "DeleteQueue", Effect::write, delete_queue},
      {"sqs", "GetQueueUrl", Effect::read, get_queue_url},
      {"sqs", "ListQueues", Effect::read, list_queues},
      {"sqs", "GetQueueAttributes", Effect::read, get_queue_attributes},
      {"sqs", "SetQueueAttributes", Effect::write, set_queue_attributes},
      {"sqs", "SendMessage", Effect::write, send_message},
      {"sqs", "ReceiveMessage", Effect::write, receive_message},
      {"sqs", "DeleteMessage", Effect::write, delete_message},
      {"sqs", "PurgeQueue", Effect::write, purge_queue},
      {"sqs", "TagQueue", Effect::write, tag_queue},
      {"sqs", "UntagQueue", Effect::write, untag_queue},
      {"sqs", "ListQueueTags", Effect::read, list_queue_tags},
  };
}

}  // namespace setpoint::twin::services
