using System.Collections;
using System.Runtime.CompilerServices;

namespace ProbNet.Graph;

/// <summary>An immutable array that compares by content and whose default value is empty, so that records holding one compare by value.</summary>
/// <typeparam name="T">The element type.</typeparam>
[CollectionBuilder(typeof(EqArray), nameof(EqArray.Create))]
public readonly struct EqArray<T> : IReadOnlyList<T>, IEquatable<EqArray<T>>
{
    private readonly T[]? _items;

    internal EqArray(T[] items) => _items = items;

    private T[] Items => _items ?? [];

    /// <summary>The number of elements.</summary>
    public int Count => Items.Length;

    /// <summary>The number of elements (the name C# list and range patterns look for).</summary>
    public int Length => Items.Length;

    /// <summary>Whether there are no elements.</summary>
    public bool IsEmpty => Items.Length == 0;

    /// <summary>The element at <paramref name="index"/>.</summary>
    public T this[int index] => Items[index];

    /// <summary>The elements from <paramref name="start"/>, <paramref name="length"/> of them.</summary>
    public EqArray<T> Slice(int start, int length) => new(Items.AsSpan(start, length).ToArray());

    /// <summary>The elements as a span.</summary>
    public ReadOnlySpan<T> AsSpan() => Items;

    /// <summary>The elements mapped by <paramref name="f"/>.</summary>
    public EqArray<TOut> Map<TOut>(Func<T, TOut> f) => new(Array.ConvertAll(Items, x => f(x)));

    /// <summary>These elements followed by <paramref name="item"/>.</summary>
    public EqArray<T> Add(T item) => new([.. Items, item]);

    /// <summary>These elements followed by <paramref name="items"/>.</summary>
    public EqArray<T> AddRange(IEnumerable<T> items) => new([.. Items, .. items]);

    /// <summary>These elements with the one at <paramref name="index"/> replaced.</summary>
    public EqArray<T> SetItem(int index, T item)
    {
        var copy = Items.AsSpan().ToArray();
        copy[index] = item;
        return new(copy);
    }

    /// <inheritdoc/>
    public bool Equals(EqArray<T> other) => Items.AsSpan().SequenceEqual(other.Items, EqualityComparer<T>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EqArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in Items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    /// <summary>Whether two arrays hold equal elements in the same order.</summary>
    public static bool operator ==(EqArray<T> a, EqArray<T> b) => a.Equals(b);

    /// <summary>Whether two arrays differ.</summary>
    public static bool operator !=(EqArray<T> a, EqArray<T> b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", Items) + "]";
}

/// <summary>Constructors of <see cref="EqArray{T}"/>.</summary>
public static class EqArray
{
    /// <summary>The array holding a copy of <paramref name="items"/>.</summary>
    public static EqArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>The array holding the elements of <paramref name="items"/>.</summary>
    public static EqArray<T> ToEqArray<T>(this IEnumerable<T> items) => new([.. items]);
}
