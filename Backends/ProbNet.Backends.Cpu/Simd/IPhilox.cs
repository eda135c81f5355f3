namespace ProbNet.Backends.Cpu;

/// <summary>What all counters of one draw share; see <see cref="ProbNet.Graph.Philox"/> for the mapping to numbers.</summary>
internal readonly record struct PhiloxKey(uint Draw, uint Step, uint Stream, uint Low, uint High)
{
    public const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57, W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    public static PhiloxKey Of(long seed, long step, long draw, uint stream) => new((uint)draw, (uint)step, stream, (uint)seed, (uint)(seed >> 32));
}

/// <summary>
/// Philox4x32-10 on vector registers. Several consecutive blocks are computed at once; their uniforms come in an order of lanes chosen so that
/// the Store methods write numbers in the order of elements.
/// </summary>
internal interface IPhilox<TSingle, TDouble>
{
    /// <summary>Blocks computed at once for single-precision numbers (four each).</summary>
    static abstract int Blocks32 { get; }

    /// <summary>Blocks computed at once for double-precision numbers (two each).</summary>
    static abstract int Blocks64 { get; }

    /// <summary>The uniforms of words 0 to 3 of each block from <paramref name="block"/>.</summary>
    static abstract void Uniforms(in PhiloxKey key, uint block, out TSingle u0, out TSingle u1, out TSingle u2, out TSingle u3);

    /// <summary>The two uniforms of each block from <paramref name="block"/>.</summary>
    static abstract void Uniforms(in PhiloxKey key, uint block, out TDouble u, out TDouble v);

    /// <summary>Writes the four words of each of Blocks64 blocks, block after block.</summary>
    static abstract unsafe void Words(in PhiloxKey key, uint block, uint* words);

    /// <summary>Writes 4 Blocks32 numbers in element order from those of words 0 to 3.</summary>
    static abstract unsafe void StoreFour(TSingle a, TSingle b, TSingle c, TSingle d, float* p);

    /// <summary>Writes 2 Blocks64 numbers in element order from those of each block's halves.</summary>
    static abstract unsafe void StoreTwo(TDouble a, TDouble b, double* p);
}
