using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>What a model in C# computes with, as values of the language and back: tensors, C# tuples of them, and arrays of them, which are lists.</summary>
internal static class Hosted
{
    private const string Kinds = "tensors, tuples of up to seven of them, and arrays of tensors";

    /// <summary>The value in the language.</summary>
    /// <exception cref="InvalidOperationException">It is of another kind.</exception>
    public static Value Of(object? value, Session session) => TryOf(value, session) ?? throw new InvalidOperationException(
        $"a {value!.GetType().Name} has no meaning in the language, where this is passed on: give {Kinds}. A number is written as (Tensor)0.5 where its type would be double");

    /// <summary>The value in the language, or null for a value of another kind.</summary>
    public static Value? TryOf(object? value, Session session)
    {
        switch (value)
        {
            case null: return Value.Unit.It;
            case Tensor tensor: return tensor.In(session);
            case Tensor[] items: return new Value.List(items.Select(i => i.In(session)).ToEqArray());
            case ITuple tuple:
                var parts = new Value[tuple.Length];
                for (var i = 0; i < parts.Length; i++)
                {
                    if (TryOf(tuple[i], session) is not { } part) return null;
                    parts[i] = part;
                }
                return new Value.Tuple(parts.ToEqArray());
            default: return null;
        }
    }

    /// <summary>The tensors that a value is made of.</summary>
    public static IEnumerable<Tensor> Parts(object? value) => value switch
    {
        Tensor tensor => [tensor],
        Tensor[] items => items,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => Parts(tuple[i])),
        _ => [],
    };

    /// <summary>A value of the language, held by a tensor, as what C# takes it for.</summary>
    /// <exception cref="InvalidOperationException">C# takes it for something that the language does not have.</exception>
    public static T To<T>(Tensor value) => (T)To(typeof(T), value);

    /// <summary>The items of a list; where it is not known because of an earlier fault, one unknown item.</summary>
    public static Tensor[] Items(Tensor value, Session session) =>
        value.In(session) is Value.List list ? [.. list.Items.Select(i => new Tensor(session, i))] : [new Tensor(session, Value.Unknown.It)];

    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,,,,,>))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, typeof(ValueTuple<,,,,,,>))]
    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The constructors of C# tuples are kept by the dependencies above.")]
    private static object To(Type type, Tensor value)
    {
        if (type == typeof(Tensor)) return value;
        if (type.IsGenericType && typeof(ITuple).IsAssignableFrom(type) && type.GetGenericArguments() is { Length: <= 7 } parts)
            return Activator.CreateInstance(type, [.. parts.Select((part, i) => To(part, Item(value, i)))])!;
        throw new InvalidOperationException($"a {type.Name} has no meaning in the language, where this is passed on: take {Kinds}");
    }

    private static Tensor Item(Tensor tuple, int index) => Tensor.Make([tuple], s => tuple.In(s) is Value.Tuple { Items: var items } && index < items.Count ? items[index] : Value.Unknown.It);
}
