using System.Reflection;
using System.Runtime.CompilerServices;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Embedded;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using Distribution = ProbNet.Language.Embedded.Distribution;
using Prob = ProbNet.Language.Embedded.Prob;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>All that a program in text can use has a form in C#.</summary>
public sealed class EmbeddedLibraryTests
{
    // What has another form than a function of its own name, and why.
    private static readonly Dictionary<string, MemberInfo?> Elsewhere = new()
    {
        // Sizes are members of what they are sizes of.
        ["features"] = typeof(Tensor).GetProperty(nameof(Tensor.Features)),
        ["rows"] = typeof(Tensor).GetProperty(nameof(Tensor.Rows)),
        ["shape"] = typeof(Tensor).GetProperty(nameof(Tensor.Shape)),
        // A list is a C# array or collection, which knows its length.
        ["length"] = typeof(Array).GetProperty(nameof(Array.Length)),
        // Exchanging axes is a method, and a given order of axes a function.
        ["transpose"] = typeof(Tensor).GetMethod(nameof(Tensor.Transpose)),
        // The type of values has that name already.
        ["tensor"] = typeof(Functions).GetMethod(nameof(Functions.Stack)),
        // Repetition and length follow what they apply to.
        ["iid"] = typeof(Prob<Tensor>).GetMethod(nameof(Prob<Tensor>.Iid)),
        ["steps"] = typeof(Process).GetMethod(nameof(Process.Steps)),
    };

    // Operators of the text form that C# writes as operators, or as methods where it has no such operator.
    private static readonly Dictionary<BinaryOperator, (Type Type, string Name)> Operators = new()
    {
        [BinaryOperator.Pipe] = (typeof(Pipes), "op_BitwiseOr"),
        // (x => g(f(x))): composition of C# functions is C#'s own.
        [BinaryOperator.Compose] = (typeof(Func<,>), "Invoke"),
        [BinaryOperator.ComposeProb] = (typeof(Functions), nameof(Functions.Stages)),
        [BinaryOperator.Or] = (typeof(Functions), nameof(Functions.Or)),
        [BinaryOperator.And] = (typeof(Functions), nameof(Functions.And)),
        [BinaryOperator.Equal] = (typeof(Functions), nameof(Functions.EqualTo)),
        [BinaryOperator.NotEqual] = (typeof(Functions), nameof(Functions.NotEqualTo)),
        [BinaryOperator.Less] = (typeof(Tensor), "op_LessThan"),
        [BinaryOperator.LessEqual] = (typeof(Tensor), "op_LessThanOrEqual"),
        [BinaryOperator.Greater] = (typeof(Tensor), "op_GreaterThan"),
        [BinaryOperator.GreaterEqual] = (typeof(Tensor), "op_GreaterThanOrEqual"),
        [BinaryOperator.Add] = (typeof(Tensor), "op_Addition"),
        [BinaryOperator.Subtract] = (typeof(Tensor), "op_Subtraction"),
        [BinaryOperator.Multiply] = (typeof(Tensor), "op_Multiply"),
        [BinaryOperator.Divide] = (typeof(Tensor), "op_Division"),
        [BinaryOperator.MatMul] = (typeof(Tensor), nameof(Tensor.MatMul)),
        [BinaryOperator.Power] = (typeof(Functions), nameof(Functions.Power)),
    };

    [Fact]
    public void Every_function_of_the_language_has_a_form_in_csharp()
    {
        var prelude = Prelude.Sources.SelectMany(s => Parser.Parse(s).Program.Declarations).OfType<Declaration.Let>().SelectMany(l => l.Binding.Pattern.Names());
        string[] names = [.. BuiltinTable.All.Select(b => b.Name).Concat(prelude).Distinct()];
        Assert.True(names.Length > 100);
        string[] missing = [.. names.Where(n => (Elsewhere.TryGetValue(n, out var other) ? other : Forms(n).FirstOrDefault()) is null)];
        Assert.Empty(missing);
        Assert.Subset(names.ToHashSet(), Elsewhere.Keys.ToHashSet());
    }

    [Fact]
    public void Every_operator_of_the_language_has_a_form_in_csharp() => Assert.All(Enum.GetValues<BinaryOperator>(), op =>
        Assert.NotEmpty(Operators[op].Type.GetMember(Operators[op].Name)));

    [Fact]
    public void Every_family_is_the_same_distribution_in_both_forms()
    {
        foreach (var family in Registry.All)
        {
            var own = Assert.Single(Forms(family.Name).OfType<MethodInfo>());
            var parameters = Inputs(own);
            var size = family.SizeParameter is null ? 0 : 1;
            Assert.Equal(family.Parameters.Count + size, parameters.Length);
            Assert.Equal(family.Parameters.Select(p => p.Name), parameters[size..].Select(p => p.Name!));
            var names = family.Parameters.Select((_, i) => "abcd"[i].ToString()).ToArray();
            var types = family.Parameters.Select((_, i) => Type(family, i)).ToArray();
            var text = $"model m ({string.Join(", ", names.Zip(types, (n, t) => $"{n} : real[{string.Join<AxisSizeText>(", ", t)}]"))}) = prob {{\n    let! y = {family.Name} {(size == 1 ? "3 " : "")}{string.Join(" ", names)}\n    return y\n}}\n";
            BothForms.Equal(text, Defined(types, x => (Distribution)Call(own, [.. size == 1 ? new object[] { (Tensor)3 } : [], .. x])));
        }
    }

    [Fact]
    public void Every_function_of_numbers_is_the_same_in_both_forms()
    {
        var checkedFunctions = 0;
        foreach (var builtin in ElementwiseBuiltins.All.Concat(ReductionBuiltins.All))
        {
            var own = Assert.Single(Forms(builtin.Name).OfType<MethodInfo>());
            Assert.Equal(builtin.Parameters.AsEnumerable(), Inputs(own).Select(p => p.Name!));
            var isAlong = builtin.Parameters[0] == "axis";
            var given = isAlong ? "1 a" : builtin.Parameters.Count == 2 ? "a b" : "a";
            BothForms.Equal($"model m (a : real[n, 3], b : real[n, 3]) = prob {{\n    let z = sum ({builtin.Name} {given})\n    let! y = normal (sum b) 1.0 |> iid [n]\n    do! factor z\n    return y\n}}\n",
                Model.Define("m", ArgumentType.Real("n", 3), ArgumentType.Real("n", 3), (a, b) =>
                    from z in Prob.Return(Functions.Sum((Tensor)Call(own, isAlong ? [1, a] : builtin.Parameters.Count == 2 ? [a, b] : [a])))
                    from y in Functions.Normal(Functions.Sum(b), 1).Iid(b.Rows)
                    from _ in Functions.Factor(z)
                    select y));
            checkedFunctions++;
        }
        Assert.True(checkedFunctions > 20);
    }

    private static IEnumerable<MemberInfo> Forms(string name) => typeof(Functions).GetMember(char.ToUpperInvariant(name[0]) + name[1..], BindingFlags.Public | BindingFlags.Static);

    private static ParameterInfo[] Inputs(MethodInfo method) => [.. method.GetParameters().Where(p => p.GetCustomAttribute<CallerFilePathAttribute>() is null && p.GetCustomAttribute<CallerLineNumberAttribute>() is null)];

    private static object Call(MethodInfo method, object[] inputs) => method.Invoke(null, [.. inputs, .. method.GetParameters()[inputs.Length..].Select(p => p.DefaultValue)])!;

    // Each parameter has an axis for rows, and axes for events where it has some.
    private static AxisSizeText[] Type(ProbNet.Language.Distributions.Distribution family, int parameter) =>
        [new("n"), .. Enumerable.Repeat(new AxisSizeText("3"), family.Parameters[parameter].EventRank)];

    private static Model Defined(AxisSizeText[][] types, Func<Tensor[], Distribution> draw)
    {
        ArgumentType[] arguments = [.. types.Select(t => ArgumentType.Real([.. t.Select(a => a.Size)]))];
        return arguments.Length switch
        {
            1 => Model.Define("m", arguments[0], a => from y in draw([a]) select y),
            2 => Model.Define("m", arguments[0], arguments[1], (a, b) => from y in draw([a, b]) select y),
            3 => Model.Define("m", arguments[0], arguments[1], arguments[2], (a, b, c) => from y in draw([a, b, c]) select y),
            _ => Model.Define("m", arguments[0], arguments[1], arguments[2], arguments[3], (a, b, c, d) => from y in draw([a, b, c, d]) select y),
        };
    }

    private sealed record AxisSizeText(string Text)
    {
        public AxisSize Size => int.TryParse(Text, out var size) ? size : Text;

        public override string ToString() => Text;
    }
}
