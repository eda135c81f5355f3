using ProbNet.Graph;

namespace ProbNet.Backends.Cpu;

/// <summary>
/// What all counters of one draw share; see <see cref="ProbNet.Graph.Philox"/> for the mapping to numbers. A counter is (block, draw, step, stream), and only the block differs
/// between the lanes, so that half of the first two rounds is the same for all of them: it is computed here, once.
/// </summary>
internal unsafe struct PhiloxKey
{
    public const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57;

    /// <summary>The rounds that lanes compute in full.</summary>
    public const int FullRounds = 8;

    private const uint W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    /// <summary>What the first round's product, shifted, is combined with to give the second round's third word.</summary>
    public uint First;

    /// <summary>What the second round's product, shifted, and the first round's product are combined with to give words 0 and 2; the third round's word 3.</summary>
    public uint Second0, Second2, Second3;

    /// <summary>Pairs of round keys, from the third round on.</summary>
    public fixed uint Keys[2 * FullRounds];

    public static PhiloxKey Of(long seed, long step, long draw, uint stream)
    {
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32), word2 = Philox.StepWord(step, draw);
        PhiloxKey key;
        key.First = stream ^ k1;
        var product = (ulong)M1 * word2;
        var word0 = (uint)(product >> 32) ^ (uint)draw ^ k0;
        k0 += W0;
        k1 += W1;
        key.Second0 = (uint)product ^ k0;
        product = (ulong)M0 * word0;
        key.Second2 = (uint)(product >> 32) ^ k1;
        key.Second3 = (uint)product;
        for (var round = 0; round < FullRounds; round++)
        {
            key.Keys[2 * round] = k0 += W0;
            key.Keys[2 * round + 1] = k1 += W1;
        }
        return key;
    }
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
    static abstract unsafe void Uniforms(PhiloxKey* key, uint block, out TSingle u0, out TSingle u1, out TSingle u2, out TSingle u3);

    /// <summary>The two uniforms of each block from <paramref name="block"/>.</summary>
    static abstract unsafe void Uniforms(PhiloxKey* key, uint block, out TDouble u, out TDouble v);

    /// <summary>Writes the four words of each of Blocks64 blocks, block after block.</summary>
    static abstract unsafe void Words(PhiloxKey* key, uint block, uint* words);

    /// <summary>Writes 4 Blocks32 numbers in element order from those of words 0 to 3.</summary>
    static abstract unsafe void StoreFour(TSingle a, TSingle b, TSingle c, TSingle d, float* p);

    /// <summary>Writes 2 Blocks64 numbers in element order from those of each block's halves.</summary>
    static abstract unsafe void StoreTwo(TDouble a, TDouble b, double* p);
}
