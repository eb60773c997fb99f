#include "server/api.h"

#include <openssl/crypto.h>

#include "response/run.h"

namespace setpoint::server {

using base::Json;
using cloud::HttpReply;
using cloud::HttpRequest;

namespace {

constexpr std::size_t kListedMax = 1'000;

HttpReply reply(int status, const Json& body) {
  HttpReply out;
  out.http.status = status;
  out.http.headers = {{"Content-Type", "application/json"}};
  out.http.body = base::canonical(body) + "\n";
  return out;
}

HttpReply failure(const base::Error& error) {
  int status = error.code == base::ErrorCode::not_found        ? 404
               : error.code == base::ErrorCode::limit_exceeded ? 413
               : error.code == base::ErrorCode::invalid_input  ? 400
                                                               : 503;
  return reply(status, {{"error", error.text()}, {"code", base::to_string(error.code)}});
}

std::string query_value(const std::string& query, std::string_view name) {
  std::size_t at = query.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  at += name.size() + 1;
  return query.substr(at, query.find('&', at) - at);
}

}  // namespace

bool Api::authorised(const HttpRequest& request) const {
  if (token_.empty()) return true;
  std::string wanted = "Bearer " + token_;
  std::string_view given = cloud::header(request.headers, "Authorization");
  return given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

HttpReply Api::handle(const HttpRequest& request) {
  if (request.path == "/healthz") return health();
  if (!authorised(request)) return reply(401, {{"error", "the bearer token is missing or wrong"}});
  bool get = request.method == "GET";
  if (request.path == "/v1/ingest")
    return request.method == "POST" ? ingest(request) : reply(405, {{"error", "POST only"}});
  if (request.path.starts_with("/v1/findings")) return get ? findings(request) : reply(405, {{"error", "GET only"}});
  if (request.path == "/v1/runs") return get ? runs() : reply(405, {{"error", "GET only"}});
  return reply(404, {{"error", "no such resource"}});
}

HttpReply Api::health() {
  auto head = engine_.parts().journal.head();
  if (!head) return failure(head.error());
  return reply(200, {{"status", "ok"}, {"journal_entries", head->seq}});
}

HttpReply Api::ingest(const HttpRequest& request) {
  std::lock_guard lock(taking_in_);
  engine::ScanSummary summary;
  base::Status taken = engine_.import_bytes(request.body, "request", summary);
  bool nothing = summary.imported_events + summary.imported_findings + summary.resources == 0;
  Json refused = Json::array();
  for (const intake::Refused& part : summary.refused) refused.push_back({{"where", part.where}, {"why", part.why}});
  Json body = {{"events", summary.imported_events},
               {"findings", summary.imported_findings},
               {"resources", summary.resources},
               {"opened", summary.findings.opened},
               {"refused", refused}};
  if (!taken) body["error"] = taken.error().text();
  if (nothing) return reply(taken || taken.error().code == base::ErrorCode::invalid_input ? 400 : 503, body);
  return reply(taken && refused.empty() ? 200 : 207, body);
}

HttpReply Api::findings(const HttpRequest& request) {
  constexpr std::string_view kOne = "/v1/findings/";
  if (request.path.starts_with(kOne)) {
    std::vector<std::string> ids{request.path.substr(kOne.size())};
    auto found = engine_.parts().finding_store.get(ids);
    if (!found) return failure(found.error());
    return found->empty() ? reply(404, {{"error", "no such finding"}}) : reply(200, found->front().json());
  }
  findings::FindingFilter filter;
  if (std::string status = query_value(request.query, "status"); !status.empty()) {
    auto parsed = model::parse_finding_status(status);
    if (!parsed) return failure(parsed.error());
    filter.statuses = {*parsed};
  }
  auto page = engine_.parts().finding_store.list(filter, query_value(request.query, "after"), kListedMax);
  if (!page) return failure(page.error());
  Json out = {{"findings", Json::array()}, {"next", page->next}};
  for (const model::Finding& finding : page->findings) out["findings"].push_back(finding.json());
  return reply(200, out);
}

HttpReply Api::runs() {
  auto stored = engine_.parts().records.list(response::kRunSpace, "");
  if (!stored) return failure(stored.error());
  Json out = Json::array();
  for (const auto& [key, document] : *stored) out.push_back(document.body);
  return reply(200, out);
}

}  // namespace setpoint::server
