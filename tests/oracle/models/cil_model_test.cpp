#include "oracle/cil_model.h"

#include <gtest/gtest.h>

namespace appnet::oracle {
namespace {

const sepolicy::Policy& Base() {
  static const base::Result<sepolicy::Policy> kPolicy = sepolicy::Policy::Reference();
  return kPolicy.value();
}

std::string ErrorOf(const std::string& text) {
  const auto model = CilModel::Load(text, Base());
  return model.ok() ? "" : model.error().message;
}

const std::string kTypes =
    "(typeattribute our_packets)(type p_t)(roletype object_r p_t)(type q_t)(roletype object_r q_t)"
    "(typeattributeset our_packets (p_t q_t))(boolean one false)(boolean two true)";

TEST(CilModel, RulesThroughAttributesAndBooleans) {
  const auto model = CilModel::Load(
      kTypes +
          "; a comment (allow\n(allow domain p_t (packet (send recv)))"
          "(allow kernel_t our_packets (packet (send)))"
          "(booleanif (or (and one (not two)) httpd_enable_cgi)\n\t(true (allow sshd_t q_t (packet (recv)))"
          "(auditallow sshd_t q_t (packet (recv))))\n\t(false (allow httpd_t q_t (packet (recv)))))",
      Base());
  ASSERT_TRUE(model.ok()) << model.error().message;
  const Setting off = {{"one", false}, {"two", false}, {"httpd_enable_cgi", false}};
  const Setting on = {{"one", true}, {"two", false}, {"httpd_enable_cgi", false}};
  EXPECT_EQ(model.value().RightOf("mozilla_t", "p_t", "send", off), (Right{true, false}));
  EXPECT_EQ(model.value().RightOf("mozilla_t", "p_t", "forward_in", off), (Right{}));
  EXPECT_EQ(model.value().RightOf("kernel_t", "q_t", "send", off), (Right{true, false}));
  EXPECT_EQ(model.value().RightOf("mozilla_t", "q_t", "send", on), (Right{}));
  EXPECT_EQ(model.value().RightOf("sshd_t", "q_t", "recv", off), (Right{}));
  EXPECT_EQ(model.value().RightOf("sshd_t", "q_t", "recv", on), (Right{true, true}));
  EXPECT_EQ(model.value().RightOf("httpd_t", "q_t", "recv", off), (Right{true, false}));
  EXPECT_EQ(model.value().RightOf("httpd_t", "q_t", "recv", on), (Right{}));
}

TEST(CilModel, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(ErrorOf(kTypes), "");
  EXPECT_NE(ErrorOf("(type p_t)"), "");                               // no role
  EXPECT_NE(ErrorOf("(type sshd_t)(roletype object_r sshd_t)"), "");  // of the base policy
  EXPECT_NE(ErrorOf(kTypes + "(allow nobody_t p_t (packet (send)))"), "");
  EXPECT_NE(ErrorOf(kTypes + "(allow sshd_t p_t (tcp_socket (send)))"), "");
  EXPECT_NE(ErrorOf(kTypes + "(allow sshd_t p_t (packet (fly)))"), "");
  EXPECT_NE(ErrorOf(kTypes + "(dontaudit sshd_t p_t (packet (send)))"), "");
  EXPECT_NE(ErrorOf(kTypes + "(booleanif three (true (allow sshd_t p_t (packet (send)))))"), "");
  EXPECT_NE(ErrorOf(kTypes + "(typeattributeset packet_type (p_t))"), "");  // would hand the type to others
  EXPECT_NE(ErrorOf(kTypes + "(boolean httpd_enable_cgi true)"), "");
  EXPECT_NE(ErrorOf(kTypes + "(allow sshd_t"), "");
}

}  // namespace
}  // namespace appnet::oracle
