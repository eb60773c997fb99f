#include "standards/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace setpoint::standards {
namespace {

using base::Json;
using model::Verdict;
using ::testing::HasSubstr;
using ::testing::Not;

struct Sample {
  std::vector<model::Control> controls;
  model::Resource resource;
  model::Judgement bad{Verdict::non_compliant, {}, {}};
  model::Judgement good{Verdict::compliant, {}, {}};
  model::Judgement odd{Verdict::unknown, {}, "throttled"};
  model::Judgement none{Verdict::not_applicable, {}, "not about it"};

  Sample() {
    controls.resize(1);
    controls[0].id = "EC2.13";
    controls[0].title = "No SSH from <anywhere> & \"everyone\"";
    controls[0].severity = model::Level::high;
    controls[0].mappings = {{"cis-aws-3.0", {"5.2"}}};
    controls[0].remediation = model::Remediation{"Setpoint-RevokeOpenIngress", Json::object()};
    resource.key = {"aws", "111122223333", "eu-west-1", "AWS::EC2::SecurityGroup", "sg-1"};
    resource.name = "=cmd|'/c calc'!A1";
    bad.evidence.push_back(
        {"/configuration/x", Json("0.0.0.0/0"), true, "!= \"0.0.0.0/0\"", "</script>\x01 open", "r"});
  }

  std::string write(ReportFormat format) {
    std::string out;
    auto report = make_report(format, [&](std::string_view text) { out += text; });
    report->begin({base::parse_iso8601("2026-11-21T10:00:00Z").value(), "0.1.0", controls});
    for (const model::Judgement* one : {&bad, &good, &odd, &none}) report->add({controls[0], resource, *one});
    StandardScore score{"cis-aws-3.0", 0, 1, 0, 0, 0};
    report->finish({{score}, {"us-east-1 AWS::S3::Bucket: access denied"}});
    return out;
  }
};

TEST(Report, JsonHoldsEveryRowAndTheScores) {
  Json report = base::parse_json(Sample().write(ReportFormat::json)).value();
  EXPECT_EQ(report["format"], "setpoint-report-1");
  ASSERT_EQ(report["results"].size(), 4u);
  EXPECT_EQ(report["results"][0]["evidence"][0]["path"], "/configuration/x");
  EXPECT_EQ(report["results"][2]["because"], "throttled");
  EXPECT_EQ(report["scores"][0]["percent"], 0);
  EXPECT_EQ(report["unread"].size(), 1u);
}

TEST(Report, CsvQuotesAndDisarmsFormulas) {
  std::string csv = Sample().write(ReportFormat::csv);
  EXPECT_THAT(csv, HasSubstr("\"'=cmd|'/c calc'!A1\""));
  EXPECT_THAT(csv, HasSubstr("& \"\"everyone\"\"\""));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\r'), 4) << "a head and three rows: what does not apply is left out";
}

TEST(Report, JunitTellsFailuresFromErrors) {
  std::string xml = Sample().write(ReportFormat::junit);
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"setpoint\" tests=\"4\" failures=\"1\" errors=\"2\">"));
  EXPECT_THAT(xml, HasSubstr("No SSH from &lt;anywhere&gt; &amp; &quot;everyone&quot;"));
  EXPECT_THAT(xml, HasSubstr("<error message="));
  EXPECT_THAT(xml, Not(HasSubstr("\x01"))) << "XML has no such character";
}

TEST(Report, SarifNamesRulesPlacesAndFingerprints) {
  Json sarif = base::parse_json(Sample().write(ReportFormat::sarif)).value();
  const Json& run = sarif["runs"][0];
  EXPECT_EQ(sarif["version"], "2.1.0");
  EXPECT_EQ(run["tool"]["driver"]["rules"][0]["properties"]["security-severity"], "8.0");
  ASSERT_EQ(run["results"].size(), 2u) << "what passed is no result";
  EXPECT_EQ(run["results"][0]["level"], "error");
  EXPECT_EQ(run["results"][0]["ruleIndex"], 0);
  EXPECT_EQ(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "aws/111122223333/eu-west-1/AWS::EC2::SecurityGroup/sg-1");
  EXPECT_EQ(run["results"][1]["kind"], "open");
  EXPECT_EQ(run["invocations"][0]["executionSuccessful"], false);
}

TEST(Report, HtmlCannotBeBrokenOutOf) {
  std::string html = Sample().write(ReportFormat::html);
  EXPECT_THAT(html, HasSubstr("\\u003c/script>"));
  std::size_t scripts = 0;
  for (std::size_t at = html.find("</script>"); at != html.npos; at = html.find("</script>", at + 1)) ++scripts;
  EXPECT_EQ(scripts, 2u) << "the data's and the program's own";
  std::size_t from = html.find("id=\"data\">") + 10;
  Json data = base::parse_json(html.substr(from, html.find("</script>") - from)).value();
  EXPECT_EQ(data["results"].size(), 3u);
  EXPECT_EQ(data["controls"]["EC2.13"]["fix"], "runbook Setpoint-RevokeOpenIngress");
  EXPECT_THAT(html, Not(HasSubstr("http"))) << "nothing from elsewhere";
}

TEST(Report, FormatsAreKnownByName) {
  EXPECT_EQ(parse_report_format("sarif"), ReportFormat::sarif);
  EXPECT_FALSE(parse_report_format("pdf").has_value());
}

}  // namespace
}  // namespace setpoint::standards
