using ProbNet.Graph;
using ProbNet.Language.Distributions;

namespace ProbNet.Language.Types;

/// <summary>Element types of the language.</summary>
public enum ElementType
{
    /// <summary><c>real</c></summary>
    Real,
    /// <summary><c>int</c></summary>
    Int,
    /// <summary><c>bool</c></summary>
    Bool,
}

/// <summary>
/// What an expression stands for while a program is checked or elaborated. Tensors are known by element type and axes; when elaborating for
/// given sizes they also carry the graph node. Everything else is static. A closed hierarchy.
/// </summary>
internal abstract record Value
{
    private Value() { }

    /// <summary>What it is, for messages: <c>real[n, 4]</c>, <c>a function</c>, ….</summary>
    public abstract string Describe();

    // Values share their parts, so that a few lines can make one whose description would not end.
    private const int Depth = 4;

    private static string Inside(Value value, int depth) => value switch
    {
        Tuple or Record when depth == 0 => "…",
        Tuple tuple => tuple.Describe(depth - 1),
        Record record => record.Describe(depth - 1),
        _ => value.Describe(),
    };

    /// <summary>Whether it is, or contains, the value that absorbs further errors.</summary>
    public bool IsUnknown => this is Unknown;

    /// <summary>A value about which an error was already reported, or an argument nothing is known of; every operation on it gives it again, silently.</summary>
    public sealed record Unknown : Value
    {
        public static readonly Unknown It = new();

        public override string Describe() => "a value of unknown type";
    }

    /// <summary>A tensor, scalars included.</summary>
    /// <param name="Element">Element type.</param>
    /// <param name="Axes">Axes, outermost first.</param>
    /// <param name="Node">The graph node when elaborating, else null.</param>
    /// <param name="Bound">For index types <c>int&lt;c&gt;</c>: the exclusive upper bound.</param>
    public sealed record TensorOf(ElementType Element, EqArray<Axis> Axes, Tensor? Node, Dim? Bound = null) : Value
    {
        /// <summary>The number itself where it is written in the program.</summary>
        public double? Literal { get; init; }

        /// <summary>Where its numbers come from, if that says which values they take; for warnings only.</summary>
        public ValueSource? Source { get; init; }

        public bool IsScalar => Axes.IsEmpty;

        public override string Describe() => TypeText.Tensor(Element, Bound, Axes);
    }

    /// <summary>An integer known while checking: a literal, a dimension, or arithmetic on them.</summary>
    public sealed record Static(Dim Number, SourceSpan From) : Value
    {
        /// <summary>Whether an integer division in it left a remainder, so that it may not pass for the fraction.</summary>
        public bool Rounded { get; init; }

        public override string Describe() => Number.Constant is null ? $"the dimension {Number}" : $"the integer {Number}";
    }

    /// <summary>A truth value known while checking.</summary>
    public sealed record Truth(bool Value_) : Value
    {
        public override string Describe() => Value_ ? "true" : "false";
    }

    /// <summary>A string.</summary>
    public sealed record Text(string Value_) : Value
    {
        public override string Describe() => $"the string \"{Value_}\"";
    }

    /// <summary><c>()</c>.</summary>
    public sealed record Unit : Value
    {
        public static readonly Unit It = new();

        public override string Describe() => "unit";
    }

    /// <summary>A list of static length.</summary>
    public sealed record List(EqArray<Value> Items) : Value
    {
        public override string Describe() => $"a list of {Items.Count}";
    }

    /// <summary>A tuple.</summary>
    public sealed record Tuple(EqArray<Value> Items) : Value
    {
        public override string Describe() => Describe(Depth);

        internal string Describe(int depth) => "(" + string.Join(", ", Items.Select(i => Inside(i, depth))) + ")";
    }

    /// <summary>A record.</summary>
    public sealed record Record(EqArray<(string Name, Value Value)> Fields) : Value
    {
        public override string Describe() => Describe(Depth);

        internal string Describe(int depth) => "{ " + string.Join("; ", Fields.Select(f => $"{f.Name} : {Inside(f.Value, depth)}")) + " }";
    }

    /// <summary>A function, possibly given some of its arguments.</summary>
    /// <param name="Name">Its name for messages.</param>
    /// <param name="Parameters">The names of all parameters.</param>
    /// <param name="Given">The arguments so far, with their places.</param>
    /// <param name="Body">What it computes from all arguments, for the evaluation that applies it.</param>
    /// <param name="Declared">Where it is declared.</param>
    public sealed record Function(string Name, EqArray<string> Parameters, EqArray<Argument> Given, Func<Evaluation.Evaluator, EqArray<Argument>, SourceSpan, Value> Body, SourceSpan Declared) : Value
    {
        /// <summary>The functions that <c>>=></c> composed to this one, or none; a longer composition numbers them anew.</summary>
        public EqArray<Argument> Stages { get; init; } = [];

        public int Missing => Parameters.Count - Given.Count;

        public override string Describe() =>
            Given.IsEmpty ? $"the function '{Name}'" : $"the function '{Name}' still waiting for {string.Join(" and ", Parameters[Given.Count..].Select(p => $"'{p}'"))}";
    }

    /// <summary>A distribution not yet drawn from.</summary>
    public sealed record Distribution(DistributionType Type) : Value
    {
        public override string Describe() => $"a distribution ({Type.Family.Name}) over {Type.ValueText}";
    }

    /// <summary>A random computation not yet run; <see cref="Run"/> runs it with a site-name prefix.</summary>
    public sealed record Random(string What, Func<string, Value> Run) : Value
    {
        public override string Describe() => What;
    }

    /// <summary>A computed value that wants to be reported under the name it is bound to.</summary>
    public sealed record Reported(Value Inner, SourceSpan At) : Value
    {
        public override string Describe() => Inner.Describe();
    }
}

/// <summary>An argument's value and place.</summary>
internal readonly record struct Argument(Value Value, SourceSpan Span);

/// <summary>A distribution's family with what is known of its shape, and the instance when elaborating.</summary>
internal sealed record DistributionType(Distribution Family, EqArray<Axis> Batch, EqArray<Axis> Event, ElementType Element, Dim? Bound, Instance? Instance, SourceSpan Span)
{
    /// <summary>How many leading batch axes <c>iid</c> made: along them components are identically distributed.</summary>
    public int Repeated { get; init; }

    /// <summary>The arguments that are literals, in the order of the family's parameters; empty if nothing is known.</summary>
    public EqArray<double?> Literals { get; init; } = [];

    public EqArray<Axis> Axes => Batch.AddRange(Event);

    public string ValueText => TypeText.Tensor(Element, Bound, Axes);
}

/// <summary>Types as a person writes them.</summary>
internal static class TypeText
{
    public static string Tensor(ElementType element, Dim? bound, EqArray<Axis> axes)
    {
        var name = element switch { ElementType.Real => "real", ElementType.Int => "int", ElementType.Bool => "bool" };
        return name + (bound is null ? "" : $"<{bound}>") + (axes.IsEmpty ? "" : Shape(axes));
    }

    public static string Shape(EqArray<Axis> axes) => "[" + string.Join(", ", axes.Select(a => a.Size)) + "]";
}
