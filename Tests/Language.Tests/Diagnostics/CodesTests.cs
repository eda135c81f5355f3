using System.Reflection;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Tests.Diagnostics;

public class CodesTests
{
    [Theory]
    [InlineData(typeof(SyntaxCodes))]
    [InlineData(typeof(CheckerCodes))]
    public void The_list_holds_every_code_of_its_class(Type type)
    {
        var members = type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<DiagnosticCode>().ToArray();
        var all = (IEnumerable<DiagnosticCode>)type.GetProperty("All")!.GetValue(null)!;
        Assert.Equal(members.OrderBy(c => c.Id), all.OrderBy(c => c.Id));
        Assert.NotEmpty(members);
    }

    [Fact]
    public void Ids_are_unique_and_say_what_kind_they_are()
    {
        Assert.Equal(DiagnosticCodes.All.Count, DiagnosticCodes.All.DistinctBy(c => c.Id).Count());
        foreach (var code in DiagnosticCodes.All)
        {
            Assert.Matches("^PN0[1-9][0-9]{2}$", code.Id);
            Assert.Equal(code.Id.StartsWith("PN09", StringComparison.Ordinal) ? Severity.Warning : Severity.Error, code.Severity);
            Assert.Equal(code, DiagnosticCodes.Find(code.Id));
        }
        Assert.Null(DiagnosticCodes.Find("PN0000"));
    }
}
