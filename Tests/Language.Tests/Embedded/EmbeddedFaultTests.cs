using System.Runtime.CompilerServices;
using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Mistakes in C# models are told as those in text, with lines of C#.</summary>
public sealed class EmbeddedFaultTests
{
    [Fact]
    public void A_fault_in_a_function_tells_its_own_line_and_where_it_is_used()
    {
        var line = Here() + 3;
        var fault = Only(Model.Define("bad", ArgumentType.Real("n", 4), x =>
            from first in Twice(x)
            from second in first | Broken(6)
            from y in Normal(Sum(second), 1).Iid(x.Rows)
            select y));
        Assert.Equal("PN0401", fault.Code.Id);
        Assert.Equal(BrokenLine, Line(fault.Span));
        var used = Assert.Single(fault.Notes, n => n.Message.EndsWith("is used here", StringComparison.Ordinal));
        Assert.Equal((line, "'first | Broken(6)' is used here"), (Line(used.Span), used.Message));
    }

    [Fact]
    public void A_fault_in_what_the_first_clause_uses_tells_of_the_first_clause()
    {
        var line = Here() + 2;
        var fault = Only(Model.Define("bad", ArgumentType.Real("n", 4), x =>
            from first in x | Broken(6)
            from y in Normal(Sum(first), 1).Iid(x.Rows)
            select y));
        Assert.Equal(BrokenLine, Line(fault.Span));
        var used = Assert.Single(fault.Notes, n => n.Message.EndsWith("is used here", StringComparison.Ordinal));
        Assert.Equal((line, "'x | Broken(6)' is used here"), (Line(used.Span), used.Message));
    }

    [Fact]
    public void A_fault_in_a_step_of_a_loop_names_its_line()
    {
        var line = Here() + 5;
        var fault = Only(Model.Define("bad", ArgumentType.Real("t", 3), x =>
            from s in Exponential(1)
            from level in Fold((h, row) =>
                from d in Normal(h, s)
                let wide = d + row
                select wide, 0.0, x)
            from y in Normal(level, 1)
            select y));
        Assert.Equal(line - 2, Line(fault.Span));
        Assert.Contains("the state of 'fold' must keep its type", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_function_names_the_line_that_calls_it()
    {
        var line = Here() + 3;
        var fault = Only(Model.Define("bad", ArgumentType.Real("n", 28, 28), image =>
            from h in Prob.Return(image)
            from c in h | Conv2d(8, [5, 5, 5], Same)
            from y in Normal(Sum(c), 1).Iid(image.Rows)
            select y));
        Assert.Equal(line, Line(fault.Span));
    }

    [Fact]
    public void A_guide_that_draws_what_the_model_lacks_is_told()
    {
        var line = Here() + 5;
        var fault = Only(Model.Define("m", ArgumentType.Dimension, n =>
            from code in Normal(0, 1).Iid(n, 2)
            from image in Normal(code, 1)
            select image).WithGuide("g", image =>
            from cod in Normal(image, 1)
            select cod));
        Assert.Equal(line, Line(fault.Span));
        Assert.Contains("did you mean 'code'?", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dimension_that_no_data_fixes_is_told() =>
        Assert.Contains("'n'", Only(Model.Define("m", ArgumentType.Dimension, n =>
            from y in Normal(0, 1).Iid(3)
            select y)).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_that_the_language_does_not_have_are_told()
    {
        var kept = Assert.Throws<InvalidOperationException>(() => Model.Define("m", ArgumentType.Real("t"), x =>
            from s in Prob.Return(Fold<double, Tensor>((h, _) => h, 0.5, x))
            from y in Normal(s, 1).Iid(x.Rows)
            select y).Check());
        Assert.Contains("(Tensor)0.5", kept.Message, StringComparison.Ordinal);
        Assert.Contains("write its sizes", Assert.Throws<InvalidOperationException>(() => Zeros(3).Shape).Message, StringComparison.Ordinal);
    }

    private static Prob<Tensor> Twice(Tensor x) =>
        from z in Normal(0, 1)
        select x * z;

    private static int BrokenLine { get; } = Here() + 4;

    private static Func<Tensor, Prob<Tensor>> Broken(Tensor units) => x =>
        from w in Normal(0, 1).Iid(3, units)
        let h = x.MatMul(w)
        select h;

    private static Diagnostic Only(Model model)
    {
        var (ready, diagnostics) = model.Check();
        Assert.Null(ready);
        var fault = Assert.Single(diagnostics);
        Assert.StartsWith("EmbeddedFaultTests.cs:", fault.Span.Location, StringComparison.Ordinal);
        return fault;
    }

    private static int Line(SourceSpan span) => span.Source!.Position(span.Start).Line;

    private static int Here([CallerLineNumber] int line = 0) => line;
}
