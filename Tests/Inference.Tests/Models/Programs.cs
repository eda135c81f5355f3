using ProbNet.Graph;
using ProbNet.Inference.Workflow;
using ProbNet.Language.Elaboration;

namespace ProbNet.Inference.Tests.Models;

/// <summary>Programs in the language, bound to values.</summary>
internal static class Programs
{
    /// <summary>The first model of a program with data bound by name; rows are counted by <paramref name="rows"/>.</summary>
    public static (BoundModel Model, DataSet Data) Bind(string text, int count, string rows, IReadOnlyDictionary<string, HostTensor> values, DType precision = DType.F64)
    {
        var program = Checker.Check(new("model.prob", text));
        Assert.True(program.IsValid, Language.DiagnosticRenderer.Render(program.Diagnostics));
        var model = program.Models[0];
        var sizes = model.Dimensions.ToDictionary(d => d, d => d == rows ? count : throw new InvalidOperationException($"the dimension '{d}' has no size"));
        var observed = model.Sites.Select(s => s.Name).Where(values.ContainsKey).ToEqArray();
        return (BoundProgram.Ready(model, sizes, sizes.Count > 0 ? rows : null, observed, precision), new(values, sizes.Count > 0 ? count : 1));
    }
}
