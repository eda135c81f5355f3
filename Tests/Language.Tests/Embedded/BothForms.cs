using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Embedded;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Compares a model in C# with the same model in text.</summary>
internal static class BothForms
{
    // Prime and different, so that no two dimensions are taken for each other.
    private static readonly int[] Sizes = [7, 5, 3, 11];

    /// <summary>Both check without faults and print the same graph, as do their guides.</summary>
    public static void Equal(string text, Model embedded, Func<string, int>? sizes = null) => Equal(Assert.Single(Checked(text).Models), embedded, sizes);

    /// <inheritdoc cref="Equal(string, Model, Func{string, int}?)"/>
    public static void Equal(CheckedModel text, Model embedded, Func<string, int>? sizes = null)
    {
        var (model, diagnostics) = embedded.Check();
        Assert.True(diagnostics.IsEmpty, string.Join("\n", diagnostics.Select(d => DiagnosticRenderer.Render(d))));
        Assert.Equal(text.Name, model!.Name);
        Assert.Equal(text.Dimensions, model.Dimensions);
        Same(text, model, sizes);
        Assert.Equal(text.Guides.Select(g => g.Name), model.Guides.Select(g => g.Name));
        foreach (var (expected, guide) in text.Guides.Zip(model.Guides)) Same(expected.Program, guide.Program, sizes);
    }

    /// <summary>A program that checks without a diagnostic.</summary>
    public static CheckedProgram Checked(string text)
    {
        var program = Checker.Check(new SourceText("m.prob", text));
        Assert.True(program.Diagnostics.IsEmpty, string.Join("\n", program.Diagnostics.Select(d => DiagnosticRenderer.Render(d))));
        return program;
    }

    private static void Same(CheckedModel text, CheckedModel model, Func<string, int>? sizes)
    {
        Assert.Equal(text.Sites.Select(s => (s.Name, s.Type.ToString())), model.Sites.Select(s => (s.Name, s.Type.ToString())));
        Assert.Equal(text.Result, model.Result);
        var known = text.Dimensions.Select((name, i) => (name, i)).ToDictionary(d => d.name, d => sizes?.Invoke(d.name) ?? Sizes[d.i]);
        var rows = text.Dimensions.IsEmpty ? null : text.Dimensions[0];
        foreach (var type in new[] { DType.F32, DType.F64 })
            Assert.Equal(ModelPrinter.Print(text.Elaborate(known, rows, type)), ModelPrinter.Print(model.Elaborate(known, rows, type)));
    }
}
