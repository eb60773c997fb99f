#include "store/sqlite/finding_store.h"

#include <charconv>

namespace setpoint::store::sqlite {

using base::ErrorCode;
using base::fail;
using findings::FindingFilter;
using findings::FindingPage;
using model::Finding;
using model::FindingStatus;

namespace {

constexpr std::size_t kIdDigits = 12;

base::Result<std::int64_t> number_of(const std::string& id) {
  std::int64_t out = 0;
  const char* end = id.data() + id.size();
  bool shape = id.size() == 2 + kIdDigits && id.starts_with("f-") && id[2] != '-';
  bool ok = shape && std::from_chars(id.data() + 2, end, out, 16).ptr == end;
  if (!ok) return fail(ErrorCode::invalid_input, "'{}' is not a finding's id", id.substr(0, 64));
  return out;
}

base::Result<Finding> read_finding(const Statement& row, int column) {
  auto json = base::parse_json(row.text(column), {.bytes_max = kDocumentBytesMax, .depth_max = kDocumentDepthMax + 1});
  auto finding = json ? model::finding_from_json(*json) : base::Result<Finding>(fail(json.error()));
  if (finding) return finding;
  return fail({ErrorCode::corrupted,
               "a stored finding cannot be read: " + finding.error().message,
               {},
               "restore a backup",
               {}});
}

// Bits of the statuses that are wanted.
std::int64_t status_mask(const FindingFilter& filter) {
  std::int64_t out = filter.statuses.empty() ? -1 : 0;
  for (FindingStatus status : filter.statuses) out |= std::int64_t{1} << static_cast<int>(status);
  return out;
}

#define SETPOINT_FINDING_QUERY(also)                                                                                   \
  "SELECT body FROM finding WHERE " also                                                                               \
  "id > ?1 AND ((1 << status) & ?2) <> 0 AND severity >= ?3 AND (?4 = '' OR name = ?4) AND (?5 = '' OR account = ?5) " \
  "AND (?6 = '' OR region = ?6) AND (?7 = '' OR type = ?7) AND (?8 = 0 OR resource = ?8) ORDER BY id"

// Three texts, so that each finds its index.
const char* query_for(const FindingFilter& filter, std::int64_t mask) {
  if (filter.resource) return SETPOINT_FINDING_QUERY("resource = ?8 AND ");
  if ((mask & ~std::int64_t{3}) == 0) return SETPOINT_FINDING_QUERY("status < 2 AND ");
  return SETPOINT_FINDING_QUERY("");
}
#undef SETPOINT_FINDING_QUERY

}  // namespace

base::Result<std::vector<Finding>> Findings::get(std::span<const std::string> ids) const {
  std::vector<Finding> out;
  base::Status done = engine_.read([&](Connection& connection) -> base::Status {
    for (const std::string& id : ids) {
      auto number = number_of(id);
      if (!number) continue;  // no such finding can be stored
      TRY(Statement row, connection.prepare("SELECT body FROM finding WHERE id = ?1"));
      TRY(bool found, row.bind(1, *number).step());
      if (!found) continue;
      TRY(Finding finding, read_finding(row, 0));
      out.push_back(std::move(finding));
    }
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

base::Status Findings::put(std::span<const Finding> findings) {
  return engine_.write([&](Connection& connection) -> base::Status {
    for (const Finding& finding : findings) TRY_VOID(put_one(connection, finding));
    return {};
  });
}

base::Status Findings::put_one(Connection& connection, const Finding& finding) {
  TRY(std::int64_t id, number_of(finding.id));
  base::Json json = finding.json();
  std::string body = base::canonical(json);
  if (body.size() > kDocumentBytesMax || base::deeper_than(json, kDocumentDepthMax)) {
    return fail(ErrorCode::limit_exceeded, "finding {} is too large or nested too deep to be stored", finding.id);
  }
  TRY(Statement upsert,
      connection.prepare(
          "INSERT INTO finding(id, status, severity, name, account, region, type, resource, body) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO UPDATE SET status = ?2, severity = ?3, "
          "name = ?4, account = ?5, region = ?6, type = ?7, resource = ?8, body = ?9"));
  upsert.bind(1, id)
      .bind(2, static_cast<std::int64_t>(finding.status))
      .bind(3, static_cast<std::int64_t>(finding.severity));
  upsert.bind(4, finding.check)
      .bind(5, finding.resource.account)
      .bind(6, finding.resource.region)
      .bind(7, finding.resource.type);
  return upsert.bind(8, engine_.hash({finding.resource.text()})).bind(9, body).run();
}

base::Status Findings::fill(Connection& connection, const FindingFilter& filter, std::int64_t after, std::size_t limit,
                            FindingPage& page) const {
  std::int64_t mask = status_mask(filter);
  TRY(Statement rows, connection.prepare(query_for(filter, mask)));
  rows.bind(1, after).bind(2, mask).bind(3, filter.severity_min ? static_cast<std::int64_t>(*filter.severity_min) : 0);
  rows.bind(4, filter.check).bind(5, filter.account).bind(6, filter.region).bind(7, filter.type);
  rows.bind(8, filter.resource ? engine_.hash({filter.resource->text()}) : 0);
  while (true) {
    TRY(bool row, rows.step());
    if (!row) return {};
    TRY(Finding finding, read_finding(rows, 0));
    if (!filter.matches(finding)) continue;
    if (page.findings.size() == limit) break;
    page.findings.push_back(std::move(finding));
  }
  page.next = page.findings.back().id;
  return {};
}

base::Result<FindingPage> Findings::list(const FindingFilter& filter, const std::string& after,
                                         std::size_t limit) const {
  std::int64_t from = -1;
  if (!after.empty()) {
    TRY(from, number_of(after));
  }
  FindingPage out;
  std::size_t at_most = std::clamp<std::size_t>(limit, 1, kPageDocumentsMax);
  base::Status done =
      engine_.read([&](Connection& connection) { return fill(connection, filter, from, at_most, out); });
  if (!done) return fail(std::move(done).error());
  return out;
}

}  // namespace setpoint::store::sqlite
