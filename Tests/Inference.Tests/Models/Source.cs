using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Models from program text.</summary>
internal static class Source
{
    /// <summary>A model of a program, bound to so many rows of its dimension n.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">The model.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="observed">The observed sites.</param>
    /// <param name="precision">The floating-point type.</param>
    public static BoundModel Bind(string program, string name, int rows, EqArray<string> observed, DType precision = DType.F64)
    {
        var result = Checker.Check(new SourceText("test.prob", program));
        Assert.True(result.IsValid, DiagnosticRenderer.Render(result.Diagnostics));
        var model = result.Models.Single(m => m.Name == name);
        return new(name, count => model.Elaborate(new Dictionary<string, int> { ["n"] = count }, "n", precision), observed, rows);
    }
}
