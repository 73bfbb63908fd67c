// The reference evaluator's side of these tests:
//
//   kernel_reference random BASE-POLICY SEED NUMBER FLOWS FILE    writes a random policy to FILE and prints
//                                                                 flows around its rules, as JSON
//   kernel_reference judge BASE-POLICY POLICY MODULE              reads what packets were seen to carry,
//   prints
//                                                                 what each should and where that differs
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "oracle/compare.h"
#include "oracle/conversations.h"
#include "oracle/generator.h"
#include "oracle/understand.h"

namespace appnet::oracle {
namespace {

using nlohmann::json;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

[[noreturn]] void Fail(const std::string& message) {
  std::cerr << message << "\n";
  std::exit(2);
}

// --- random policies

json FlowLine(const flow::Flow& flow, const ReferenceEvaluator& reference) {
  json interfaces = json::array();
  for (const flow::InterfaceClassId id : {flow.interface, flow.out}) {
    const flow::InterfaceClass& one = reference.program().interfaces[id];
    interfaces.push_back({{"text", one.text},
                          {"exact", one.kind == flow::InterfaceClass::Kind::kExact},
                          {"prefix", one.kind == flow::InterfaceClass::Kind::kPrefix}});
  }
  return {{"direction", std::string(flow::NameOf(flow.direction))},
          {"peer", base::FormatAddress({flow.family, flow.peer})},
          {"self", base::FormatAddress({flow.family, flow.self})},
          {"protocol", static_cast<unsigned>(flow.service >> 16)},
          {"detail", static_cast<unsigned>(flow.service & 0xffff)},
          {"interfaces", interfaces}};
}

json RandomPolicy(const sepolicy::Policy& base, std::uint64_t seed, unsigned number, unsigned flows,
                  const std::string& path) {
  Random random(seed * 1'000'003 + number);
  for (;;) {
    std::string text = GeneratePolicy(random, {12, true, 6});
    text.replace(0, text.find(';'), "policy random");
    const std::optional<sema::Program> program = Understand(path, text, base);
    if (!program) continue;  // an empty set, say
    std::ofstream(path) << text;
    const ReferenceEvaluator reference(*program, base);
    FlowSampler sampler(reference, random);
    json lines = json::array();
    for (unsigned i = 0; i < flows; ++i) {
      json line = FlowLine(sampler.Sample(flow::kDirections[i % 3]), reference);
      line["dice"] = random.Bits() >> 16;
      lines.push_back(line);
    }
    return lines;
  }
}

// --- judging

const std::map<std::string, Hook> kHooks = {{"prerouting", Hook::kPrerouting},
                                            {"input", Hook::kInput},
                                            {"forward", Hook::kForward},
                                            {"postrouting", Hook::kPostrouting}};
const std::map<std::string, State> kStates = {{"invalid", State::kInvalid},
                                              {"untracked", State::kUntracked},
                                              {"new", State::kNew},
                                              {"established", State::kEstablished},
                                              {"related", State::kRelated}};
const std::map<std::string, PacketType> kTypes = {{"host", PacketType::kHost},
                                                  {"broadcast", PacketType::kBroadcast},
                                                  {"multicast", PacketType::kMulticast}};
constexpr const char* kSteps[] = {"prerouting", "multicast", "invalid", "untracked", "labelled", "error",
                                  "mid-stream", "original",  "reply",   "picked up", "forwarded"};

Value Address(const json& text) {
  const auto address = base::ParseAddress(text.get<std::string>());
  if (!address) Fail("no address: " + text.dump());
  return address->value;
}

Tuple TupleOf(const json& line) {
  return {Address(line.at(0)), Address(line.at(1)), line.at(2).get<unsigned>(), line.at(3).get<unsigned>()};
}

Connection ConnectionOf(const json& line) {
  Connection connection;
  connection.family = line.at("v6").get<bool>() ? Family::kIpv6 : Family::kIpv4;
  connection.protocol = line.at("protocol").get<unsigned>();
  connection.original = TupleOf(line.at("original"));
  connection.reply = TupleOf(line.at("reply"));
  connection.source_translated = line.at("snat").get<bool>();
  connection.destination_translated = line.at("dnat").get<bool>();
  connection.master = line.at("master").get<int>();
  connection.established = line.at("before").get<bool>();
  connection.holds_labels = line.at("room").get<bool>();
  return connection;
}

Visit VisitOf(const json& line) {
  Visit visit;
  visit.hook = kHooks.at(line.at("hook").get<std::string>());
  visit.in = line.at("in").get<std::string>();
  visit.out = line.at("out").get<std::string>();
  visit.state = kStates.at(line.at("state").get<std::string>());
  visit.reply = line.at("reply").get<bool>();
  visit.connection = line.at("connection").get<int>();
  Packet& packet = visit.packet;
  packet.family = line.at("v6").get<bool>() ? Family::kIpv6 : Family::kIpv4;
  packet.source = Address(line.at("source"));
  packet.destination = Address(line.at("destination"));
  packet.protocol = line.at("protocol").get<unsigned>();
  packet.source_port = line.at("ports").at(0).get<unsigned>();
  packet.destination_port = line.at("ports").at(1).get<unsigned>();
  packet.icmp_type = line.at("message").at(0).get<unsigned>();
  packet.icmp_code = line.at("message").at(1).get<unsigned>();
  packet.tcp_flags = line.at("flags").get<unsigned>();
  packet.payload = line.at("word").get<std::uint32_t>();
  packet.type = kTypes.at(line.at("type").get<std::string>());
  return visit;
}

json Judge(const sepolicy::Policy& base, const std::string& policy, const std::string& module, json seen) {
  const std::optional<sema::Program> program = Understand(policy, ReadFile(policy), base);
  if (!program) Fail("the compiler refuses " + policy);
  const auto cil = CilModel::Load(ReadFile(module), base);
  if (!cil.ok()) Fail(cil.error().message);
  const Backend backend = seen.at("backend") == "nft" ? Backend::kNftables : Backend::kIptables;
  Conversation conversation;
  Trace trace;
  for (const json& line : seen.at("connections")) conversation.connections.push_back(ConnectionOf(line));
  for (const json& line : seen.at("journeys")) {
    Journey& journey = conversation.journeys.emplace_back();
    journey.carried = line.at("carried").get<std::string>();
    auto& steps = trace.journeys.emplace_back();
    for (const json& visit : line.at("visits")) {
      journey.visits.push_back(VisitOf(visit));
      Trace::Step& step = steps.emplace_back();
      step.secmark = visit.at("label").get<std::string>();
      step.mark = visit.at("mark").get<std::uint32_t>();
      if (visit.contains("saved")) step.saved = visit.at("saved").get<std::string>();
    }
  }
  const ReferenceEvaluator reference(*program, base);
  Meaning meaning(reference, cil.value());
  json result = {{"differences", json::array()}, {"judgements", json::array()}};
  for (const Difference& one : Differences(backend, trace, conversation, reference, meaning)) {
    result["differences"].push_back(
        {one.journey, one.visit,
         fmt::format("{}\n    expected: {}; carries: {}; {}",
                     Describe(conversation.journeys[one.journey].visits[one.visit]), one.expected,
                     trace.journeys[one.journey][one.visit].secmark, one.wrong)});
  }
  for (const auto& journey :
       PacketReference(reference, conversation, backend == Backend::kIptables).Judge()) {
    json& line = result["judgements"].emplace_back(json::array());
    for (const auto& one : journey) {
      line.push_back(one ? json{kSteps[static_cast<int>(one->step)], Describe(one->outcome, reference)}
                         : json(nullptr));
    }
  }
  return result;
}

}  // namespace
}  // namespace appnet::oracle

int main(int count, char** words) {
  using namespace appnet::oracle;
  const std::string task = count > 2 ? words[1] : "";
  if ((task != "random" || count != 7) && (task != "judge" || count != 5)) return 2;
  const auto base = appnet::sepolicy::Policy::Read(ReadFile(words[2]), "base");
  if (!base.ok()) Fail(base.error().message);
  if (task == "random") {
    std::cout << RandomPolicy(base.value(), std::stoull(words[3]),
                              static_cast<unsigned>(std::stoul(words[4])),
                              static_cast<unsigned>(std::stoul(words[5])), words[6]);
  } else {
    std::cout << Judge(base.value(), words[3], words[4], nlohmann::json::parse(std::cin));
  }
  std::cout << "\n";
}
