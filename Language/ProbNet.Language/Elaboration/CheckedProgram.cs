using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>A program that has been parsed and checked, with everything there is to say about it.</summary>
public sealed record CheckedProgram
{
    /// <summary>The source.</summary>
    public required SourceText Source { get; init; }

    /// <summary>The sources of the modules from other files that it refers to.</summary>
    public EqArray<SourceText> Imported { get; init; } = [];

    /// <summary>The syntax tree.</summary>
    public required Program Syntax { get; init; }

    /// <summary>The models without errors, in source order.</summary>
    public required EqArray<CheckedModel> Models { get; init; }

    /// <summary>Errors and warnings, in source order.</summary>
    public required EqArray<Diagnostic> Diagnostics { get; init; }

    /// <summary>The diagnostics of each model with errors, by name; they are among <see cref="Diagnostics"/>.</summary>
    public required IReadOnlyDictionary<string, EqArray<Diagnostic>> ModelFaults { get; init; }

    /// <summary>Whether one model can be used: neither it nor anything outside models has errors.</summary>
    public bool IsUsable(string model)
    {
        if (Models.All(m => m.Name != model)) return false;
        var others = ModelFaults.Where(f => f.Key != model).SelectMany(f => f.Value).Select(d => (d.Code.Id, d.Span)).ToHashSet();
        return Diagnostics.All(d => d.Code.Severity != Severity.Error || others.Contains((d.Code.Id, d.Span)));
    }

    /// <summary>Whether there are no errors.</summary>
    public bool IsValid => Diagnostics.All(d => d.Code.Severity != Severity.Error);

    /// <summary>The declarations of one kind.</summary>
    public IEnumerable<T> Declarations<T>() where T : Declaration => Syntax.Declarations.OfType<T>();
}

/// <summary>A guide program that has been checked against its model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Program">
/// The guide as a program over the dimensions of its model: its arguments are arguments and observed sites of the model, its sites latent sites of the model.
/// </param>
public sealed record CheckedGuide(string Name, CheckedModel Program);

/// <summary>An argument of a checked model.</summary>
public sealed record CheckedArgument(string Name, SymbolicType Type, SourceSpan Span);

/// <summary>An argument of a model that is known before running: it has a default, which a setting replaces.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as written: <c>int</c>, <c>real</c>, <c>bool</c>, <c>string</c>, <c>list</c>.</param>
/// <param name="Value">Its value as the language writes it.</param>
/// <param name="IsSet">Whether the value is not the default.</param>
/// <param name="Span">Where it is declared.</param>
public sealed record StaticArgument(string Name, string Type, string Value, bool IsSet, SourceSpan Span);

/// <summary>A site of a checked model.</summary>
/// <param name="Name">The binding path.</param>
/// <param name="Family">The distribution's family.</param>
/// <param name="Type">The value's type.</param>
/// <param name="Kind">A draw or a likelihood term.</param>
/// <param name="Span">Its place.</param>
public sealed record CheckedSite(string Name, Distribution Family, SymbolicType Type, SiteKind Kind, SourceSpan Span)
{
    /// <summary>The arguments of the distribution that are literals, in the order of the family's parameters; empty if nothing is known.</summary>
    public EqArray<double?> Literals { get; init; } = [];

    /// <summary>The literal argument for a parameter, or null.</summary>
    internal double? Literal(string parameter)
    {
        for (var i = 0; i < Literals.Count; i++)
        {
            if (Family.Parameters[i].Name == parameter) return Literals[i];
        }
        return null;
    }
}

/// <summary>A model that has been checked for all sizes of its dimensions; <see cref="Elaborate"/> gives its graph for known sizes.</summary>
public sealed record CheckedModel
{
    private CheckedModel(IModelEvaluation evaluation) => Evaluation = evaluation;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its documentation comment.</summary>
    public required string Doc { get; init; }

    /// <summary>Its arguments.</summary>
    public required EqArray<CheckedArgument> Arguments { get; init; }

    /// <summary>Its static arguments.</summary>
    public EqArray<StaticArgument> StaticArguments { get; init; } = [];

    /// <summary>Its sites in the order drawn.</summary>
    public required EqArray<CheckedSite> Sites { get; init; }

    /// <summary>The guide programs written for it, in source order.</summary>
    public EqArray<CheckedGuide> Guides { get; init; } = [];

    /// <summary>Its learned parameters: name, type and place.</summary>
    public EqArray<(string Name, SymbolicType Type, SourceSpan Span)> Parameters { get; init; } = [];

    /// <summary>Its terms of the log-density that are no distribution's: name and type.</summary>
    public EqArray<(string Name, SymbolicType Type)> Factors { get; init; } = [];

    /// <summary>Its auxiliary noise: name, family, type and place.</summary>
    public EqArray<(string Name, Distribution Family, SymbolicType Type, SourceSpan Span)> Noises { get; init; } = [];

    /// <summary>Its reported values: name and type.</summary>
    public required EqArray<(string Name, SymbolicType Type)> Deterministics { get; init; }

    /// <summary>The names of its dimensions, in the order they appear.</summary>
    public required EqArray<string> Dimensions { get; init; }

    /// <summary>What it returns, as text.</summary>
    public required string Result { get; init; }

    /// <summary>Where its name is declared.</summary>
    public required SourceSpan Span { get; init; }

    internal IModelEvaluation Evaluation { get; }

    /// <summary>Evaluates a model for all sizes of its dimensions; null, with its errors, if it has any, else the model with warnings.</summary>
    internal static (CheckedModel? Model, EqArray<Diagnostic> Diagnostics) Of(IModelEvaluation evaluation, string name, string doc, SourceSpan span)
    {
        var trace = new Trace(null, DType.F64) { Unused = evaluation is ModelEvaluation ? new UnusedLint() : null };
        EqArray<CheckedArgument> arguments;
        EqArray<string> dimensions;
        Value result;
        try
        {
            (arguments, _, dimensions, result) = evaluation.Run(trace);
        }
        catch (OverflowException)
        {
            trace.Report.Fail(CheckerCodes.BadSize, span, $"a size in '{name}' is too large to compute with", "sizes are below 2^63 and have a few terms");
            return (null, trace.Report.Diagnostics.ToEqArray());
        }
        // Warnings about a program that cannot run would stand in the way of what makes it run.
        if (trace.Report.Diagnostics.Count > 0) return (null, trace.Report.Diagnostics.ToEqArray());
        return (new CheckedModel(evaluation)
        {
            Name = name,
            Doc = doc,
            Arguments = arguments,
            StaticArguments = trace.Statics.ToEqArray(),
            Sites = trace.Sites.Select(s => new CheckedSite(s.Name, s.Distribution.Family, new(s.Distribution.Element, s.Distribution.Axes, s.Distribution.Bound), s.Kind, s.Span) { Literals = s.Distribution.Literals }).ToEqArray(),
            Parameters = trace.Parameters.Select(p => (p.Name, Type(p.Value), p.Span)).ToEqArray(),
            Factors = trace.Factors.Select(f => (f.Name, Type(f.Value))).ToEqArray(),
            Noises = trace.Noises.Select(n => (n.Name, n.Distribution.Family, new SymbolicType(n.Distribution.Element, n.Distribution.Axes, n.Distribution.Bound), n.Span)).ToEqArray(),
            Deterministics = trace.Reported.Select(r => (r.Name, Type(r.Value))).ToEqArray(),
            Dimensions = dimensions,
            Result = result.Describe(),
            Span = span,
        }, trace.Report.Warnings.ToEqArray());
    }

    private static SymbolicType Type(Value.TensorOf value) => new(value.Element, value.Axes, value.Bound);

    /// <summary>The model graph for known sizes of all <see cref="Dimensions"/>.</summary>
    /// <param name="sizes">Dimension name → size.</param>
    /// <param name="rows">The name of the dimension that counts data rows, or null.</param>
    /// <param name="precision">The floating-point type, F32 or F64.</param>
    /// <exception cref="DiagnosticException">The sizes make the program wrong, e.g. an index lies outside an axis.</exception>
    public ModelGraph Elaborate(IReadOnlyDictionary<string, int> sizes, string? rows, DType precision) => Elaborator.Elaborate(this, sizes, rows, precision);
}
